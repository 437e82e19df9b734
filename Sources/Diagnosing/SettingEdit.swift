import Profiles
import Text

/// Commands that change a setting of a profile, with or without `warder_` before its name, or the variable in its place.
/// They do nothing if the line has another setting by then.
enum SettingEdit {
    /// Gives it another value.
    ///
    /// - Parameter origin: with the line 0, the name of a variable.
    /// - Returns: nil for a value that a line cannot have: an empty one, or one with control characters.
    static func write(_ key: String, _ value: String, at origin: Origin) -> String? {
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
        guard origin.line > 0 else { return "export \(origin.path)=\(shellWord(value))" }
        let line = "\\1 \(LineEdit.replacement(value))"
        return LineEdit.sed("\(origin.line)s|^\\(\(setting(key))\\).*|\(line)|I", origin.path)
    }

    /// Makes a comment of it, or unsets the variable.
    static func remove(_ key: String, at origin: Origin) -> String {
        guard origin.line > 0 else { return "unset \(origin.path)" }
        return LineEdit.sed("\(origin.line)s|^\(setting(key))|# &|I", origin.path)
    }

    /// The beginning of its line, as a basic regular expression.
    private static func setting(_ key: String) -> String {
        "[[:blank:]]*\\(warder_\\)\\{0,1\\}\(LineEdit.pattern(key))[[:blank:]]*="
    }
}
