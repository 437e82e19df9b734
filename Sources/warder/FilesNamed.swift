import Linux
import Text

extension Failure {
    /// That a profile is not there, to somebody whose environment names other files than `~/.aws` has.
    func lookedIn(_ context: Context) -> Failure {
        let named = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"].compactMap { variable in
            context.environment.nonEmpty(variable).map { (variable: variable, path: context.expanded($0)) }
        }
        guard code == .notFound, let first = named.first else { return self }
        let hint: String
        if let absent = named.first(where: { !stands($0.path) }) {
            hint = "\(absent.variable) names \(shellWord(absent.path)), which is not there: correct it, or unset it"
        } else {
            hint = "\(first.variable) names \(shellWord(first.path)): add it there, or unset the variable"
        }
        return Failure(code, message, hint: hint, origin: origin, fault: fault)
    }
}
