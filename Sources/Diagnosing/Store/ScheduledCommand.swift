import Secrets
import Text

/// What cron or systemd runs that needs what is in the store.
///
/// The files may hold secrets, as variables: they are looked at as bytes, and only a command's and a profile's name leave
/// them.
package struct ScheduledCommand: Equatable {
    package enum Need: Equatable {
        /// A command of warder's, as `process`.
        case command(String)
        /// A program that finds this profile in `AWS_PROFILE`.
        case profile(String)
    }

    /// Its line in the file, counted from 1.
    package let line: Int
    package let need: Need

    /// Those that need a session or a key. `rotate` and `lock` are made to run where nobody can be asked.
    private static let names = ["process", "env", "exec", "refresh", "whoami"]

    /// Those of a unit file; none where the unit brings what opens the store (systemd.exec(5)).
    package static func all(inUnit text: borrowing SecretBytes) -> [ScheduledCommand] {
        text.withUnsafeBytes { bytes in
            var commands: [ScheduledCommand] = []
            for line in ScheduledLine.all(in: bytes) {
                guard let key = line.key else { continue }
                if line.bringsOpener || line.opensByUnit(key) { return [] }
                guard key == "Environment" || key.begins(with: "Exec"), let need = need(in: line.valueWords) else {
                    continue
                }
                commands.append(ScheduledCommand(line: line.number, need: need))
            }
            return commands
        }
    }

    /// Those of a crontab (crontab(5)); none where it brings what opens the store.
    package static func all(inCrontab text: borrowing SecretBytes) -> [ScheduledCommand] {
        text.withUnsafeBytes { bytes in
            var commands: [ScheduledCommand] = []
            for line in ScheduledLine.all(in: bytes) {
                if line.bringsOpener { return [] }
                if let need = need(in: line.words) { commands.append(ScheduledCommand(line: line.number, need: need)) }
            }
            return commands
        }
    }

    /// The user that a system's unit runs as: a name or a number.
    package static func user(ofUnit text: borrowing SecretBytes) -> String {
        text.withUnsafeBytes { bytes in
            let line = ScheduledLine.all(in: bytes).first { $0.key == "User" }
            return line?.valueWords.first.map { String(decoding: $0, as: UTF8.self) } ?? "root"
        }
    }

    /// What a line needs: by the first command of warder's on it, if it is one of those, or a profile.
    private static func need(in words: [ScheduledLine.Word]) -> Need? {
        if let program = words.firstIndex(where: isWarder) {
            let name = words[(program + 1)...].first { $0.first != UInt8(ascii: "-") }
            return names.first { name?.elementsEqual($0.utf8) == true }.map { .command($0) }
        }
        let mark = "AWS_PROFILE=".utf8
        let profile = words.first { $0.starts(with: mark) }
        return profile.map { .profile(String(decoding: $0.dropFirst(mark.count), as: UTF8.self)) }
    }

    /// Behind a path there may be the characters that systemd puts before a program.
    private static func isWarder(_ word: ScheduledLine.Word) -> Bool {
        let program = word.drop { "-@:+!".utf8.contains($0) }
        return program.split(separator: UInt8(ascii: "/")).last?.elementsEqual("warder".utf8) == true
    }
}

/// A line that is no comment, with those that continue it (systemd.syntax(7)).
private struct ScheduledLine {
    typealias Word = Slice<UnsafeRawBufferPointer>

    /// Of its first line, counted from 1.
    let number: Int
    private var parts: [Word]

    static func all(in bytes: UnsafeRawBufferPointer) -> [ScheduledLine] {
        var lines: [ScheduledLine] = []
        var isContinued = false
        let all = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in all.enumerated() where !isComment(line) {
            let goesOn = line.last == UInt8(ascii: "\\")
            let part = goesOn ? line.dropLast() : line
            if isContinued { lines[lines.count - 1].parts.append(part) } else { lines.append(.init(index + 1, part)) }
            isContinued = goesOn
        }
        return lines
    }

    private init(_ number: Int, _ part: Word) { (self.number, parts) = (number, [part]) }

    private static func isComment(_ line: Word) -> Bool {
        let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return first == UInt8(ascii: "#") || first == UInt8(ascii: ";")
    }

    /// What stands before its `=`; nil if there is none.
    var key: String? {
        guard let equals = parts[0].firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let key = parts[0][..<equals].filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return String(decoding: key, as: UTF8.self)
    }

    var words: [Word] { parts.flatMap(Self.words) }

    /// The words behind the `=`.
    var valueWords: [Word] {
        guard let equals = parts[0].firstIndex(of: UInt8(ascii: "=")) else { return [] }
        return Self.words(parts[0][equals...].dropFirst()) + parts.dropFirst().flatMap(Self.words)
    }

    private static func words(_ line: Word) -> [Word] {
        let ends = Array(" \t\"'`;|&()".utf8)
        return line.split { ends.contains($0) }
    }

    var bringsOpener: Bool { mentions("WARDER_PASSPHRASE") || mentions("WARDER_KEYFILE") }

    /// A credential of warder's, or variables that are not in the unit.
    func opensByUnit(_ key: String) -> Bool {
        key == "EnvironmentFile" || (key.includes("Credential") && mentions("warder."))
    }

    private func mentions(_ text: String) -> Bool { parts.contains { $0.includes(text) } }
}
