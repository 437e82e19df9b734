import Profiles
import Text

/// Commands that change a setting of a profile, with or without `warder_` before its name, or the variable in its place.
/// They do nothing if the line has another setting by then.
enum SettingEdit {
    /// Gives it another value.
    ///
    /// - Parameter origin: with the line 0, the name of a variable.
    /// - Returns: nil if the value is not one that `sed` and a shell take as it is.
    static func write(_ key: String, _ value: String, at origin: Origin) -> String? {
        guard !value.isEmpty, value.utf8.allSatisfy(isPlain) else { return nil }
        guard origin.line > 0 else { return "export \(origin.path)=\(value)" }
        return LineEdit.sed("\(origin.line)s|^\\(\(setting(key))\\).*|\\1 \(value)|I", origin.path)
    }

    /// Makes a comment of it, or unsets the variable.
    static func remove(_ key: String, at origin: Origin) -> String {
        guard origin.line > 0 else { return "unset \(origin.path)" }
        return LineEdit.sed("\(origin.line)s|^\(setting(key))|# &|I", origin.path)
    }

    /// The beginning of its line, as a basic regular expression.
    private static func setting(_ key: String) -> String {
        "[[:blank:]]*\\(warder_\\)\\{0,1\\}\(key)[[:blank:]]*="
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_@%+=:,./-".utf8.contains(byte)
        }
    }
}
