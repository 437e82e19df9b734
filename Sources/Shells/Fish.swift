import Secrets

extension Shell {
    /// fish.
    public static let fish = Shell(
        "fish", Fish.self,
        hook: Hook("in its config.fish", "warder hook fish | source") { PackageResources.warder_fish }
    ) { "warder env \($0) | source" }
}

/// The statements of fish.
enum Fish: Syntax {
    static let failing = "false;\n"
    /// Taking away what is not there has the status 4, and setting has none of its own.
    static func closing(isEmpty: Bool) -> String { "true;\n" }
    static let isUnicode = false

    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes) {
        text.append("set -gx \(name) ")
        quote(value, &text)
        text.append(";\n")
    }

    static func unset(_ name: String, isFirst: Bool, _ text: inout SecretBytes) -> Bool {
        text.append("set -e \(name);\n")
        return true
    }

    /// Single quotes, in which fish reads only `\'` and `\\`.
    ///
    /// Behind a byte that is not ASCII the quotes are closed and opened again, since a fish before 4.0 reads in the
    /// locale's encoding, in some of which the backslash would be the second half of a character.
    private static func quote(_ value: borrowing SecretBytes, _ text: inout SecretBytes) {
        text.append(UInt8(ascii: "'"))
        for index in 0..<value.count {
            if value[index] == UInt8(ascii: "'") || value[index] == UInt8(ascii: "\\") {
                if index > 0 && value[index - 1] >= 0x80 { text.append("''") }
                text.append(UInt8(ascii: "\\"))
            }
            text.append(value[index])
        }
        text.append(UInt8(ascii: "'"))
    }
}
