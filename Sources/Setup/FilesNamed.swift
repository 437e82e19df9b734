import Failures
import Linux
import Text

extension Failure {
    /// The failure "no such profile", extended for a user whose environment names other files than those in `~/.aws`.
    package func lookedIn(_ context: Context) -> Failure {
        guard code == .notFound || code == .locked else { return self }
        if let path = try? ProfileLoading(context).configPath(), let broken = BrokenLink(of: path) {
            return behind(broken)
        }
        guard code == .notFound else { return self }
        let config = context.environment.nonEmpty("AWS_CONFIG_FILE")
        let credentials = context.environment.nonEmpty("AWS_SHARED_CREDENTIALS_FILE")
        let hint: String
        if let config {
            let path = context.expanded(config)
            hint =
                "AWS_CONFIG_FILE names \(shellWord(path))"
                + (fileExists(path)
                    ? ": add it there, or unset the variable" : ", which is not there: correct it, or unset it")
        } else if let credentials {
            let path = context.expanded(credentials)
            let absence = fileExists(path) ? "" : ", which is not there"
            hint = self.hint + "; AWS_SHARED_CREDENTIALS_FILE names \(shellWord(path))\(absence)"
        } else {
            return self
        }
        return saying(hint: hint)
    }

    /// If the config file is a broken link, warder knows no profiles.
    private func behind(_ broken: BrokenLink) -> Failure {
        let hint =
            if let folder = broken.missingFolder {
                "mkdir -p \(shellWord(folder)) or mount what it is on, or fix the link"
            } else {
                "put the file there, or fix the link: ls -l \(shellWord(broken.path))"
            }
        return saying("\(message): \(broken.path) is a link to \(broken.target), which is not there", hint: hint)
    }
}
