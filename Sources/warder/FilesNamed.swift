import Linux
import Text

extension Failure {
    /// That a profile is not there, to somebody whose environment names other files than `~/.aws` has.
    func lookedIn(_ context: Context) -> Failure {
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
        return Failure(code, message, hint: hint, origin: origin, fault: fault)
    }
}
