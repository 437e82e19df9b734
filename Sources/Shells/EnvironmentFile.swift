import Secrets

/// Lines of systemd's `EnvironmentFile=`; systemd.exec(5).
enum EnvironmentFile: Dialect {
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
