import Secrets

extension Format {
    /// For the file that `GITHUB_ENV` names in a step of GitHub Actions.
    public static let github = Format("github", GitHubFile.self, to: .gitHubStep)
}

/// Lines of the file that `GITHUB_ENV` names: everything behind the first `=` is the value, as it is.
enum GitHubFile: Syntax {
    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes) {
        text.append("\(name)=")
        text.append(value)
        text.append("\n")
    }
}

extension SecretBytes {
    /// The workflow command that makes GitHub Actions hide a value in the log from now on.
    ///
    /// In the data of a workflow command `%` begins an escape and a line's end ends it; an empty value hides nothing.
    public mutating func appendGitHubMask(_ value: borrowing SecretBytes) {
        guard !value.isEmpty else { return }
        append("::add-mask::")
        for index in 0..<value.count {
            switch value[index] {
            case UInt8(ascii: "%"): append("%25")
            case UInt8(ascii: "\r"): append("%0D")
            case UInt8(ascii: "\n"): append("%0A")
            default: append(value[index])
            }
        }
        append("\n")
    }
}
