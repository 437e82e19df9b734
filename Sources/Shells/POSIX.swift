import Secrets

extension Shell {
    /// bash.
    public static let bash = Shell(
        "bash", programs: ["bash", "rbash"], POSIX.self,
        hook: Hook("in ~/.bashrc", "eval \"$(warder hook bash)\"") { PackageResources.warder_bash },
        evaluating: POSIX.evaluating)

    /// zsh.
    public static let zsh = Shell(
        "zsh", POSIX.self, hook: Hook("in ~/.zshrc", "eval \"$(warder hook zsh)\"") { PackageResources.warder_zsh },
        evaluating: POSIX.evaluating)

    /// Every other shell of the POSIX family.
    public static let sh = Shell(
        "sh", programs: ["sh", "dash", "ash", "ksh", "ksh93", "mksh", "yash"], POSIX.self,
        evaluating: POSIX.evaluating)
}

/// The statements of bash, zsh, dash and their like.
enum POSIX: Syntax {
    static let failing = "false;\n"
    static let isUnicode = false

    static func evaluating(_ profile: String) -> String { "eval $(warder env \(profile))" }

    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes) {
        text.append("export \(name)=")
        quote(value, &text)
        text.append(";\n")
    }

    static func unset(_ name: String, isFirst: Bool, _ text: inout SecretBytes) -> Bool {
        text.append("unset \(name);\n")
        return true
    }

    /// A backslash before each ASCII byte that could mean something.
    ///
    /// Backslashes, not quotes: an unquoted `eval $(…)` splits words before `eval` joins them again, so two spaces
    /// inside quotes would become one, while `\ \ ` keeps both. `=` is among them, since zsh takes a leading one for
    /// the path of a command.
    ///
    /// Bytes of multi-byte characters stay as they are. In GBK, Big5 and Shift JIS a backslash can be the second half
    /// of a character: behind such a byte an empty pair of quotes keeps it one of its own.
    private static func quote(_ value: borrowing SecretBytes, _ text: inout SecretBytes) {
        for index in 0..<value.count {
            let byte = value[index]
            if byte < 0x80 && (!isPlain(byte) || byte == UInt8(ascii: "=")) {
                if index > 0 && value[index - 1] >= 0x80 { text.append("''") }
                text.append(UInt8(ascii: "\\"))
            }
            text.append(byte)
        }
    }
}
