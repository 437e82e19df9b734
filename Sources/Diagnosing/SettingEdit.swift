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
        let mark = value.utf8.contains(UInt8(ascii: "/")) ? "|" : "/"
        let script = "\(origin.line)s\(mark)=.*\(mark)= \(value)\(mark)"
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
