import Secrets

extension Format {
    /// For an `EnvironmentFile=` of systemd.
    public static let systemd = Format("systemd", EnvironmentFile.self)
}

/// Lines of systemd's `EnvironmentFile=`; systemd.exec(5).
enum EnvironmentFile: Syntax {
    /// systemd takes a noncharacter, U+FDD0 to U+FDEF and the last two of each plane, for malformed UTF-8, and ignores
    /// the line.
    static func carries(_ value: borrowing SecretBytes) -> Bool {
        for index in 0..<value.count where index >= 2 {
            let (before, middle, last) = (value[index - 2], value[index - 1], value[index])
            if before == 0xef && middle == 0xb7 && (0x90...0xaf).contains(last) { return false }
            if before & 0x0f == 0x0f && before >= 0x8f && middle == 0xbf && last >= 0xbe { return false }
        }
        return true
    }

    /// Double quotes, in which a backslash makes `"`, `\`, `` ` `` and `$` themselves.
    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes) {
        text.append("\(name)=\"")
        for index in 0..<value.count {
            switch value[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"):
                text.append(UInt8(ascii: "\\"))
            default: break
            }
            text.append(value[index])
        }
        text.append("\"\n")
    }
}
