import Foundation
import Secrets
import Shells
import Testing

/// Values that a quoting rule could get wrong.
private let awkward = [
    "plain", "", "a b", "a  b", "  lead and trail  ", "$HOME", "`id`", "$(id)", "a'b\"c", "\\", "\\\\n", "a;b&c|d",
    "*?[x]", "!history",
    "~", "#x", "a=b", "{a,b}", "é ü 日本", "(x)", "<in>out", "%d^", "-n", "\\'",
]

@Suite("Scripts")
struct ScriptTests {
    @Test("every value survives eval, quoted and unquoted", arguments: ["bash", "zsh", "sh"], awkward)
    func posix(shell: String, value: String) throws {
        try #require(findProgram(shell) != nil, "\(shell) is not installed")
        let script = try script(.shell(#require(Shell(named: shell))), value)
        for form in ["eval $(cat \"$1\")", "eval \"$(cat \"$1\")\""] {
            let printed = try run(shell, ["-c", form + "; printf %s \"$VALUE\"", shell], script: script)
            #expect(printed == value)
        }
    }

    @Test("every value survives fish", arguments: awkward)
    func fish(value: String) throws {
        try #require(findProgram("fish") != nil, "fish is not installed")
        let script = try script(.fish, value)
        for form in ["cat $argv[1] | source", "eval (cat $argv[1])"] {
            #expect(try run("fish", ["-c", form + "; printf %s $VALUE"], script: script) == value)
        }
    }

    @Test("control characters are refused", arguments: ["a\nb", "a\u{1b}[0m", "\u{7f}", "a\rb", "\0"])
    func control(value: String) {
        #expect(throws: ShellError.controlCharacter(variable: "VALUE")) { try script(.sh, value) }
    }

    @Test("a dotenv value is bare where it can be")
    func dotenv() throws {
        #expect(try script(.dotenv, "wJalr/+K7=") == "VALUE=wJalr/+K7=\n")
        #expect(try script(.dotenv, "a \"b\"") == "VALUE='a \"b\"'\n")
    }

    @Test("JSON is JSON", arguments: awkward)
    func json(value: String) throws {
        let text = try script(.json, value)
        let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
        #expect(object == ["VALUE": value])
    }

    @Test("an unset variable is gone, one that never was is no error")
    func unset() throws {
        for shell in ["bash", "zsh", "sh", "fish"] {
            var script = Script(try #require(Shell(named: shell)))
            script.unset("GONE")
            script.unset("NEVER_WAS")
            let text = string(script.finish())
            let read =
                shell == "fish"
                ? "cat $argv[1] | source; set -q GONE; and echo there"
                : "set -eu; eval $(cat \"$1\"); echo ${GONE-gone}"
            let printed = try run(
                shell, shell == "fish" ? ["-c", read] : ["-c", read, shell], script: text, environment: ["GONE": "x"])
            #expect(printed == (shell == "fish" ? "" : "gone\n"), "\(shell)")
        }
    }

    @Test("systemd's lines are quoted")
    func systemd() throws {
        #expect(try script(.systemd, "a \"b\" $c") == "VALUE=\"a \\\"b\\\" \\$c\"\n")
    }

    @Test("PowerShell doubles every kind of single quote")
    func powerShell() throws {
        #expect(try script(.pwsh, "a'b\u{2019}c") == "$Env:VALUE = 'a''b\u{2019}\u{2019}c';\n")
        var script = Script(Shell.pwsh)
        script.unset("GONE")
        #expect(string(script.finish()) == "$Env:GONE = $null;\n")
    }

    @Test("nushell's object has null for what is to go, others leave it out")
    func nothing() throws {
        for (target, expected) in [
            (Target.nu, "{\n  \"GONE\": null,\n  \"VALUE\": \"x\"\n}\n"), (.github, "VALUE=x\n"),
        ] {
            var script = target.script()
            script.unset("GONE")
            try script.export("VALUE", "x")
            #expect(string(script.finish()) == expected)
        }
    }

    @Test("what a failure prints fails wherever it is evaluated")
    func failing() {
        let texts = Shell.all.map(\.failing)
        let posix = "false;\n"
        #expect(texts == [posix, posix, posix, posix, "false\n", "throw 'warder gave no credentials';\n"])
    }

    @Test("a mask of GitHub Actions is one line, whatever it hides")
    func mask() {
        var text = SecretBytes(capacity: 64)
        var value = SecretBytes(capacity: 64)
        value.append("50%\r\n::stop::")
        text.appendGitHubMask(value)
        text.appendGitHubMask(SecretBytes(capacity: 1))
        #expect(string(text) == "::add-mask::50%25%0D%0A::stop::\n")
    }

    private func script(_ target: Target, _ value: String) throws(ShellError) -> String {
        var script = target.script()
        try script.export("VALUE", value)
        return string(script.finish())
    }

    private func string(_ bytes: consuming SecretBytes) -> String {
        bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

func findProgram(_ name: String) -> String? {
    ["/bin/", "/usr/bin/", "/usr/local/bin/"].map { $0 + name }.first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}

private func run(
    _ program: String, _ arguments: [String], script: String, environment: [String: String] = [:]
) throws -> String {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("script-\(UUID().uuidString)")
    try script.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(findProgram(program)))
    process.arguments = arguments + [file.path]
    process.environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": NSTemporaryDirectory()].merging(
        environment
    ) {
        $1
    }
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}
