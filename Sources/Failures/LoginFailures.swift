import SSO
import Text

// Errors of sign-ins with console credentials, in the user's words.

extension Failure {
    /// A file of the AWS CLI that should hold a login.
    package static func unusableLogin(_ path: String, _ error: SignInError) -> Failure {
        let what =
            if case .notACachedToken(let missing) = error { "it has no usable \(missing)" } else { "it cannot be read" }
        return Failure(
            .damaged, "\(path) is not a login of the AWS CLI: \(what)",
            hint: "remove it, and sign in again: rm \(shellWord(path))")
    }
}
