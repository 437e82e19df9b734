import Foundation
import Secrets
import Shells
import Testing

/// Five hundred hostile values in every syntax: each arrives as it is or is refused, and nothing of it runs.
@Suite("Hostile values")
struct HostileTests {
    @Test("there are five hundred")
    func number() {
        #expect(hostileValues.count == 500)
        #expect(hostileValues.filter { !holdsControl($0) }.count > 300)
        #expect(hostileValues.filter { !holdsControl($0) && !isUnicode($0) }.count > 20)
    }

    @Test("each is refused for what it is, or written", arguments: Target.all)
    func refused(target: Target) {
        for value in hostileValues {
            var thrown: ShellError?
            do throws(ShellError) { _ = try script(target, value) } catch { thrown = error }
            #expect(thrown == expectedError(target, value), "\(value.prefix(40))")
        }
    }

    private func expectedError(_ target: Target, _ value: [UInt8]) -> ShellError? {
        let carriesAnyByte = ["bash", "zsh", "sh", "fish"].contains(target.name)
        if holdsControl(value) { return .controlCharacter(variable: "VALUE") }
        if !carriesAnyByte && !isUnicode(value) { return .notUnicode(variable: "VALUE") }
        if target.name == "dotenv" && value.contains(where: { "'\\$".utf8.contains($0) }) {
            return .unreadable(variable: "VALUE", format: "dotenv")
        }
        let scalars = String(decoding: value, as: UTF8.self).unicodeScalars
        if target.name == "systemd" && scalars.contains(where: { $0.properties.isNoncharacterCodePoint }) {
            return .unreadable(variable: "VALUE", format: "systemd")
        }
        return nil
    }

    @Test(
        "POSIX shells take them as they are, quoted and unquoted",
        arguments: ["bash", "zsh", "dash"], ["C.UTF-8", "zh_CN.gbk"])
    func posix(shell: String, locale: String) throws {
        let program = try #require(findProgram(shell), "\(shell) is not installed")
        let cases = try Cases(.sh)
        defer { cases.remove() }
        let text = shell == "dash" ? "cat \"$file\"" : "<\"$file\""
        let read = """
            for file in case-*; do
                eval $(\(text)); printf '%s\\0' "$VALUE"; unset VALUE
                eval "$(\(text))"; printf '%s\\0' "$VALUE"; unset VALUE
            done
            """
        let options = ["zsh": ["-f"], "bash": ["--norc"]][shell] ?? []
        try cases.check(try cases.run(program, options + ["-c", read], locale: locale), times: 2)
    }

    @Test("fish takes them as they are, by source and by eval", arguments: ["C.UTF-8", "zh_CN.gbk"])
    func fish(locale: String) throws {
        let program = try #require(findProgram("fish"), "fish is not installed")
        let cases = try Cases(.fish)
        defer { cases.remove() }
        let read = """
            for file in case-*
                cat $file | source; printf '%s\\0' $VALUE; set -e VALUE
                eval (cat $file); printf '%s\\0' $VALUE; set -e VALUE
            end
            """
        try cases.check(try cases.run(program, ["--no-config", "-c", read], locale: locale), times: 2)
    }

    @Test("PowerShell's quoting ends where the value does")
    func powerShell() throws {
        for value in hostileValues {
            guard let text = try? script(.pwsh, value) else { continue }
            #expect(readPowerShell(text) == value, "\(value.prefix(40))")
        }
    }

    @Test("JSON for programs and for nushell is JSON", arguments: [Target.json, .nu])
    func json(target: Target) throws {
        for value in hostileValues {
            // Foundation's reader drops a byte order mark at a string's start.
            guard !value.starts(with: [0xef, 0xbb, 0xbf]), let text = try? script(target, value) else { continue }
            let object = try JSONSerialization.jsonObject(with: Data(text)) as? [String: String]
            #expect((object?["VALUE"]).map { Array($0.utf8) } == value, "\(value.prefix(40))")
        }
    }

    @Test("a line of GITHUB_ENV is all value behind its first =")
    func github() throws {
        for value in hostileValues {
            guard let text = try? script(.github, value) else { continue }
            #expect(text == Array("VALUE=".utf8) + value + [0x0a])
        }
    }

    /// The state machine of systemd's `src/basic/env-file.c`, as far as double quotes need it.
    @Test("systemd's quoting ends where the value does")
    func systemd() throws {
        for value in hostileValues {
            guard let text = try? script(.systemd, value) else { continue }
            var rest = text.dropFirst(#"VALUE=""#.utf8.count)
            var read: [UInt8] = []
            while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
                guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
                    read.append(byte)
                    continue
                }
                read += "\"\\`$".utf8.contains(next) ? [next] : [byte, next]
            }
            #expect(read == value && Array(rest) == [0x0a], "\(value.prefix(40))")
        }
    }
}

/// What PowerShell's tokenizer makes of `$Env:VALUE = '…';`; nil where the statement does not end with its line.
private func readPowerShell(_ text: [UInt8]) -> [UInt8]? {
    let quotes = Set("'‘’‚‛".unicodeScalars)
    var rest = Array(String(decoding: text, as: UTF8.self).unicodeScalars)[...]
    let opening = Array("$Env:VALUE = '".unicodeScalars)
    guard rest.starts(with: opening) else { return nil }
    rest = rest.dropFirst(opening.count)
    var read = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
        if quotes.contains(scalar) {
            guard let second = rest.first, quotes.contains(second) else {
                return Array(rest) == Array(";\n".unicodeScalars) ? Array(String(read).utf8) : nil
            }
            read.append(rest.removeFirst())
        } else {
            read.append(scalar)
        }
    }
    return nil
}

func script(_ target: Target, _ value: [UInt8]) throws(ShellError) -> [UInt8] {
    var secret = SecretBytes(capacity: value.count)
    for byte in value { secret.append(byte) }
    var script = target.script()
    try script.export("VALUE", secret)
    return script.finish().withUnsafeBytes { Array($0) }
}

/// A folder with a file of statements for each value that the syntax carries, in which a shell runs.
private struct Cases {
    let folder: URL
    let values: [[UInt8]]

    init(_ target: Target) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("hostile-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        var values: [[UInt8]] = []
        for value in hostileValues {
            guard let text = try? script(target, value) else { continue }
            let name = "case-" + String(1000 + values.count)
            try Data(text).write(to: folder.appendingPathComponent(name))
            values.append(value)
        }
        self.values = values
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func run(_ program: String, _ arguments: [String], locale: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = [
            "PATH": "/usr/bin:/bin", "LC_ALL": locale, "HOME": folder.path, "LOCPATH": gbkFolder?.path ?? "",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(data)
    }

    func check(_ printed: [UInt8], times: Int) throws {
        let read = printed.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { Array($0) }
        try #require(read.count == values.count * times)
        for (index, value) in values.enumerated() {
            for time in 0..<times {
                #expect(read[index * times + time] == value, "\(String(decoding: value.prefix(60), as: UTF8.self))")
            }
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left.allSatisfy { $0.hasPrefix("case-") || $0.hasPrefix(".") || $0 == "fish" }, "\(left)")
    }
}

/// A locale in whose characters a backslash can be the second half, made once; nil where it cannot be made.
private let gbkFolder: URL? = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("locales-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/localedef")
    process.arguments = ["-f", "GBK", "-i", "zh_CN", folder.appendingPathComponent("zh_CN.gbk").path]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return folder
}()
