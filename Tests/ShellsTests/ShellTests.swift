import Foundation
import Shells
import Testing

/// That what belongs to a shell is there: its row in the table, and what stands outside of the binary.
@Suite("Shells")
struct ShellTests {
    @Test("no two shells or formats share a name, and none is empty")
    func names() {
        for names in [Target.all.map(\.name), Shell.all.map(\.title)] {
            #expect(Set(names).count == names.count)
            #expect(names.allSatisfy { !$0.isEmpty && !$0.contains(" ") })
        }
    }

    @Test("each is found by its name, and by nothing else")
    func named() {
        #expect(Shell.all.map { Shell(named: $0.name)?.title } == Shell.all.map { $0.title })
        #expect(Format.all.map { Format(named: $0.name)?.name } == Format.all.map { $0.name })
        for name in ["", "Bash", "dash", "nushell", "bash ", "json"] { #expect(Shell(named: name) == nil, "\(name)") }
        for name in ["", "JSON", "env", "bash"] { #expect(Format(named: name) == nil, "\(name)") }
    }

    @Test("a shell is known by its program, whatever the kernel adds to the name")
    func program() {
        let named = Shell.all.map { Shell(program: "/usr/bin/" + $0.name)?.name }
        #expect(named == Shell.all.map { $0.name })
        let programs = [
            "bash": "bash", "-zsh": "zsh", "rbash": "bash", "/usr/bin/dash": "sh", "ksh93": "sh",
            "/bin/sh (deleted)": "sh", "/nix/store/x-zsh-5.9/bin/.zsh-wrapped": "zsh", "zsh-5.9": "zsh",
            "/usr/bin/fish": "fish", "nu": "nu",
            "/opt/microsoft/powershell/7-preview/pwsh-preview": "pwsh",
        ]
        for (program, name) in programs { #expect(Shell(program: program)?.name == name, "\(program)") }
        for program in ["", "-", "/", "python3", "make", "deploy.fish", "nushell-ish", "number"] {
            #expect(Shell(program: program) == nil, "\(program)")
        }
    }

    @Test("a profile is taken in by a line of the shell's own")
    func evaluating() {
        let lines = Shell.all.map { $0.evaluating("prod") }
        let posix = "eval $(warder env prod)"
        #expect(
            lines == [
                posix, posix, posix, "warder env prod | source", "warder env --shell nu prod | from json | load-env",
                "warder env prod | Out-String | Invoke-Expression",
            ])
    }

    @Test("each hook is the file of shell/ that is called like its shell, and each such file is a hook")
    func hooks() throws {
        for shell in Shell.all {
            let file = top.appendingPathComponent("shell/warder.\(shell.name)")
            #expect(try shell.hook?.text == (shell.hook == nil ? nil : Array(Data(contentsOf: file))), "\(shell.name)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: top.path + "/shell").filter {
            $0.hasPrefix("warder.")
        }
        #expect(Set(files) == Set(Shell.all.filter { $0.hook != nil }.map { "warder." + $0.name }))
    }

    @Test("a shell that has a hook has completions, which are generated and which make install installs")
    func completions() throws {
        let names = Shell.all.filter { $0.hook != nil }.map { $0.name }
        #expect(try text("completions/generate.py").contains("\nWRITERS = [\(names.joined(separator: ", "))]\n"))
        for name in names {
            let writer = try text("completions/writers/\(name).py").components(separatedBy: "\nFILE = \"")
            try #require(writer.count == 2)
            let file = String(writer[1].prefix { $0 != "\"" })
            #expect(try text("completions/\(file)").contains("BEGIN: written by completions/generate.py"))
            #expect(try text("packaging/lay-out").contains("\n\(file) "), "make does not install \(file)")
        }
    }

    @Test("the manual has a row for each shell and format, and says how each hook is loaded")
    func manual() throws {
        let page = try text("docs/shells.md")
        #expect(column("shell", of: page) == Set(Shell.all.map { $0.title }))
        #expect(column("`--format`", of: page) == Set(Format.all.map { "`\($0.name)`" }))
        for shell in Shell.all {
            guard let hook = shell.hook else { continue }
            let heading = "### \(shell.title)'s hook\n"
            #expect(page.contains(hook.startUpLine ?? heading), "\(shell.title)")
        }
    }

    /// The cells of the first table whose first column is called `head`, and what stands in one cell between commas.
    private func column(_ head: String, of page: String) -> Set<String> {
        let rows = page.components(separatedBy: "\n").drop { !$0.hasPrefix("| \(head) |") }.prefix { $0.hasPrefix("|") }
        let cells = rows.dropFirst(2).map { $0.components(separatedBy: "|")[1].trimmingCharacters(in: .whitespaces) }
        return Set(cells.flatMap { $0.components(separatedBy: ", ") })
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOf: top.appendingPathComponent(path), encoding: .utf8)
    }

    private let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}
