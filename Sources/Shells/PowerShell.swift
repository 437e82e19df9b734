import Secrets

extension Shell {
    /// PowerShell.
    public static let pwsh = Shell("pwsh", title: "PowerShell", PowerShell.self) {
        "warder env \($0) | Out-String | Invoke-Expression"
    }
}

/// PowerShell, on Linux: about_Quoting_Rules and about_Environment_Variables of its documentation.
enum PowerShell: Syntax {
    static let failing = "throw 'warder gave no credentials';\n"

    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes) {
        text.append("$Env:\(name) = ")
        quote(value, &text)
        text.append(";\n")
    }

    /// Null takes a variable away, and one that is not there is no error, as it is to `Remove-Item`, which would leave
    /// `$?` false.
    static func unset(_ name: String, isFirst: Bool, _ text: inout SecretBytes) -> Bool {
        text.append("$Env:\(name) = $null;\n")
        return true
    }

    /// Single quotes, in which only a quote means something, and two of them are one. PowerShell takes the typographic
    /// ones, U+2018 to U+201B, for the same.
    private static func quote(_ value: borrowing SecretBytes, _ text: inout SecretBytes) {
        text.append(UInt8(ascii: "'"))
        for index in 0..<value.count {
            text.append(value[index])
            if value[index] == UInt8(ascii: "'") { text.append(UInt8(ascii: "'")) }
            if index >= 2, value[index - 2] == 0xe2, value[index - 1] == 0x80, (0x98...0x9b).contains(value[index]) {
                text.append(value.copy(index - 2..<index + 1))
            }
        }
        text.append(UInt8(ascii: "'"))
    }
}
