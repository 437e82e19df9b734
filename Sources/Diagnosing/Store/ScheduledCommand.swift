import Text

/// What cron or systemd runs that needs what is in the store.
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
    package static func all(inUnit text: String) -> [ScheduledCommand] {
        var commands: [ScheduledCommand] = []
        for (number, line) in numbered(text) {
            guard let (key, value) = assignment(line) else { continue }
            if bringsOpener(line) || opensByUnit(key, value) { return [] }
            guard key == "Environment" || key.begins(with: "Exec"), let need = need(in: value) else { continue }
            commands.append(ScheduledCommand(line: number, need: need))
        }
        return commands
    }

    /// Those of a crontab (crontab(5)); none where it brings what opens the store.
    package static func all(inCrontab text: String) -> [ScheduledCommand] {
        var commands: [ScheduledCommand] = []
        for (number, line) in numbered(text) {
            if bringsOpener(line) { return [] }
            if let need = need(in: line) { commands.append(ScheduledCommand(line: number, need: need)) }
        }
        return commands
    }

    /// The user that a system's unit runs as: a name or a number.
    package static func user(ofUnit text: String) -> String {
        for (_, line) in numbered(text) {
            guard let (key, value) = assignment(line), key == "User" else { continue }
            return words(value).first ?? "root"
        }
        return "root"
    }

    /// The lines that are no comments, each with those that continue it (systemd.syntax(7)).
    private static func numbered(_ text: String) -> [(Int, String)] {
        var lines: [(number: Int, text: String)] = []
        var isContinued = false
        let all = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in all.enumerated() where !isComment(line) {
            let line = String(Substring(line))
            let goesOn = line.ends(with: "\\")
            let part = goesOn ? String(Substring(line.utf8.dropLast())) + " " : line
            if isContinued { lines[lines.count - 1].text += part } else { lines.append((index + 1, part)) }
            isContinued = goesOn
        }
        return lines.map { ($0.number, $0.text) }
    }

    private static func isComment(_ line: Substring.UTF8View) -> Bool {
        let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return first == UInt8(ascii: "#") || first == UInt8(ascii: ";")
    }

    private static func assignment(_ line: String) -> (key: String, value: String)? {
        guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let key = line.utf8[..<equals].filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return (String(decoding: key, as: UTF8.self), String(Substring(line.utf8[equals...].dropFirst())))
    }

    private static func bringsOpener(_ line: String) -> Bool {
        line.includes("WARDER_PASSPHRASE") || line.includes("WARDER_KEYFILE")
    }

    /// A credential of warder's, or variables that are not in the unit.
    private static func opensByUnit(_ key: String, _ value: String) -> Bool {
        key == "EnvironmentFile" || (key.includes("Credential") && value.includes("warder."))
    }

    /// What a line needs: by the first command of warder's on it, if it is one of those, or a profile.
    private static func need(in line: String) -> Need? {
        let words = words(line)
        if let program = words.firstIndex(where: { isWarder($0) }) {
            let name = words[(program + 1)...].first { !$0.begins(with: "-") }
            return name.flatMap { names.holds($0) ? .command($0) : nil }
        }
        let profile = words.compactMap { $0.removingPrefix("AWS_PROFILE=") }.first
        return profile.map { .profile(String($0)) }
    }

    private static func words(_ line: String) -> [String] {
        let ends = Array(" \t\"'`;|&()".utf8)
        return line.utf8.split { ends.contains($0) }.map { String(Substring($0)) }
    }

    /// Behind a path there may be the characters that systemd puts before a program.
    private static func isWarder(_ word: String) -> Bool {
        let program = word.utf8.drop { "-@:+!".utf8.contains($0) }
        return lastPart(ofPath: String(Substring(program))).isSame(as: "warder")
    }
}
