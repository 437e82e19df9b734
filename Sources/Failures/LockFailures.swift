import Sessions
import Vault

// Errors of locking and unlocking, in the user's words.

extension Failure {
    /// `warder lock` could not delete the unlocked state.
    package static func notLocked(_ error: UnlockedStateError) -> Failure {
        let reason = Failure(error)
        let hint =
            switch error {
            case .keyring(.unavailable), .keyring(.refused):
                "run warder lock outside of this container or sandbox, where keyctl is allowed"
            default: reason.hint
            }
        return Failure(
            .other, "what is unlocked could not be deleted, and may stay unlocked: \(reason.message)", hint: hint)
    }

    package init(_ error: SeenGenerationError, path: String) {
        let accept = "if this is the vault that you last used: warder vault verify --accept-older"
        switch error {
        case .garbled(let note):
            self.init(
                .damaged, "\(note), the record of the last generation of the vault \(path), does not contain a number",
                hint: accept)
        case .newer(let note): self = .newer("\(note), the record of the vault's last generation")
        case .file(let error):
            let reason = Failure(error, "the note of the vault's last generation")
            self.init(.damaged, reason.message, hint: "\(reason.hint); or, \(accept)")
        }
    }
}
