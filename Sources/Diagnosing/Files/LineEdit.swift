import Profiles
import Text

/// Commands that change one line of a file, and leave the number of every other as it is. They name what the line
/// holds, and do nothing if another is there by now: a file may change after the report, and one command comes after
/// another.
enum LineEdit {
    /// Makes a comment of a setting and of the lines that continue it.
    ///
    /// - Parameter lines: those that it takes; nil if it takes one.
    static func comment(_ key: String, at origin: Origin, _ lines: ClosedRange<Int>? = nil) -> String {
        guard let lines, lines.count > 1 else {
            return sed("\(origin.line)s|^[[:blank:]]*\(setting(key))|# &|I", origin.path)
        }
        let file = shellWord(origin.path)
        let guarding = "sed -n \(origin.line)p \(file) | grep -qi \(shellWord("^[[:blank:]]*\(setting(key))"))"
        return "\(guarding) && \(comment(lines, of: origin.path))"
    }

    /// Makes comments of lines, whatever they hold.
    static func comment(_ lines: ClosedRange<Int>, of path: String) -> String {
        let place = lines.count == 1 ? "\(lines.lowerBound)" : "\(lines.lowerBound),\(lines.upperBound)"
        return sed("\(place)s|^|# |", path)
    }

    /// Empties the lines of settings that are not to stay there in any form.
    static func empty(_ settings: [(key: String, line: Int)], of path: String) -> String {
        sed(settings.map { "\($0.line)s|^[[:blank:]]*\(setting($0.key)).*||I" }.joined(separator: ";"), path)
    }

    /// Sets a setting's value.
    static func write(_ key: String, _ value: String, at origin: Origin) -> String {
        let line = replacement("\(key) = \(value)")
        return sed("\(origin.line)s|^\\([[:blank:]]*\\)\(setting(key)).*|\\1\(line)|I", origin.path)
    }

    /// Renames a setting.
    static func rename(_ key: String, to name: String, at origin: Origin) -> String {
        sed("\(origin.line)s|^\\([[:blank:]]*\\)\(setting(key))|\\1\(replacement(name)) =|I", origin.path)
    }

    /// Writes a section's header.
    ///
    /// - Parameter old: how the one that is there begins, after its bracket.
    static func head(_ heading: String, inPlaceOf old: String, at origin: Origin) -> String {
        sed("\(origin.line)s|^[[:blank:]]*\\[\(pattern(old)).*|\(replacement(heading))|", origin.path)
    }

    /// Adds a section to the end of a file, which is made if it is not there, unless it has that section already.
    static func append(section header: String, _ lines: [String], to path: String) -> String {
        let file = shellWord(path)
        return "grep -qsF \(shellWord(header)) \(file) || "
            + "printf '%s\\n' '' \(([header] + lines).map { shellWord($0) }.joined(separator: " ")) >> \(file)"
    }

    /// Moves a section's settings to the end of another one's, and makes a comment of its header.
    static func merge(_ second: ClosedRange<Int>, into first: ClosedRange<Int>, header: String, of path: String)
        -> String
    {
        let file = shellWord(path)
        let head = "\(second.lowerBound)s|^[[:blank:]]*\\[\(pattern(header))\\]|# &|"
        guard second.count > 1 else { return sed(head, path) }
        let guarding = "sed -n \(second.lowerBound)p \(file) | grep -qF \(shellWord("[\(header)]"))"
        let lines = second.count == 2 ? "\(second.upperBound)" : "\(second.lowerBound + 1),\(second.upperBound)"
        // GNU sed's way to end the last line, if it has no end.
        let taking = "sed -n '\(lines)p' \(file) | sed '$a\\'"
        return "\(guarding) && \(taking) | sed -i --follow-symlinks "
            + "-e '\(first.upperBound)r /dev/stdin' -e '\(lines)d' -e \(shellWord(head)) \(file)"
    }

    /// Opens the editor at the line, for what only a person can decide.
    static func edit(_ origin: Origin) -> String { "${EDITOR:-vi} +\(origin.line) \(shellWord(origin.path))" }

    /// Runs a script of sed on a file. A link stays one, and the mode what it is.
    static func sed(_ script: String, _ path: String) -> String {
        "sed -i --follow-symlinks \(shellWord(script)) \(shellWord(path))"
    }

    // MARK: - In sed's words

    /// The name of a setting and its `=`, as a basic regular expression.
    private static func setting(_ key: String) -> String { pattern(key) + "[[:blank:]]*=" }

    /// Text that a basic regular expression between bars matches literally.
    static func pattern(_ text: String) -> String { escaped(text, "\\.*[]^$|") }

    /// Text that stays as it is on the right of a substitution.
    static func replacement(_ text: String) -> String { escaped(text, "\\&|") }

    private static func escaped(_ text: String, _ special: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            if special.unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
    }
}
