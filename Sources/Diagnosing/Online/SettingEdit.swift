import Profiles
import Text

/// A command that gives a setting another value on its line, or takes it away.
struct SettingEdit {
    let command: String

    /// Nil if the setting is not on a line of a file, or the value is not one that `sed` takes as it is.
    init?(at origin: Origin, to value: String) {
        guard origin.line > 0, !value.isEmpty, value.utf8.allSatisfy(Self.isPlain) else { return nil }
        let script = "\(origin.line)s|=.*|= \(value)|"
        command = "sed -i --follow-symlinks \(shellWord(script)) \(shellWord(origin.path))"
    }

    /// Takes away the line of a setting or, if it is a variable, that.
    static func removal(of origin: Origin) -> String {
        guard origin.line > 0 else { return "unset \(origin.path)" }
        return "sed -i --follow-symlinks \(origin.line)d \(shellWord(origin.path))"
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
