import Failures
import Linux
import Text

extension Failure {
    /// That a profile is not there, to somebody whose environment names other files than `~/.aws` has.
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
                + (stands(path)
                    ? ": add it there, or unset the variable" : ", which is not there: correct it, or unset it")
        } else if let credentials {
            let path = context.expanded(credentials)
            let absence = stands(path) ? "" : ", which is not there"
            hint = self.hint + "; AWS_SHARED_CREDENTIALS_FILE names \(shellWord(path))\(absence)"
        } else {
            return self
        }
        return saying(hint: hint)
    }

    /// Nothing is known of profiles where the config file is a link to nothing.
    private func behind(_ broken: BrokenLink) -> Failure {
        let hint =
            if let folder = broken.missingFolder {
                "mkdir -p \(shellWord(folder)) or mount what it is on, or mend the link"
            } else {
                "put the file there, or mend the link: ls -l \(shellWord(broken.path))"
            }
        return saying("\(message): \(broken.path) is a link to \(broken.target), which is not there", hint: hint)
    }
}
