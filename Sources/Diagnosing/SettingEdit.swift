import Failures
import Profiles
import Text

/// A command that gives a setting another value on its line, or in its variable.
struct SettingEdit {
    let command: String

    /// - Parameter origin: with the line 0, the name of a variable.
    /// - Returns: nil if the value is not one that `sed` and a shell take as it is.
    init?(at origin: Origin, to value: String) {
        guard !value.isEmpty, value.utf8.allSatisfy(Self.isPlain) else { return nil }
        guard origin.line > 0 else {
            command = "export \(origin.path)=\(value)"
            return
        }
        command = LineEdit.sed("\(origin.line)s|=.*|= \(value)|", origin.path)
    }

    /// Makes a comment of the setting's line or, if it is a variable, unsets that.
    static func removal(of origin: Origin) -> String {
        guard origin.line > 0 else { return "unset \(origin.path)" }
        return LineEdit.comment(origin.line...origin.line, of: origin.path)
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
