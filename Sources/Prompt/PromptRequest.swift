import Linux
import Secrets

/// What somebody is asked on behalf of a profile.
public struct PromptRequest: Sendable, Equatable {
    /// The kinds of answers.
    public enum Kind: String, Sendable, Equatable {
        /// The six digits that an MFA device shows.
        case code
        /// Yes or no.
        case confirmation
    }

    /// What kind of answer is wanted.
    public let kind: Kind
    /// The profile that credentials are wanted of.
    public let profile: String
    /// The MFA device's serial number or ARN; nil for a confirmation.
    public let device: String?
    /// Who wants them, as `terraform (4711) in ~/infra`, printable; nil where that cannot be told.
    public let caller: String?
    /// Why it is asked again, as `wrong code`; nil the first time.
    public var note: String?

    /// Puts the parts together.
    public init(_ kind: Kind, profile: String, device: String?, caller: String?, note: String? = nil) {
        self.kind = kind
        self.profile = profile
        self.device = device
        self.caller = caller
        self.note = note
    }
}

/// An answer to an enquiry.
public enum PromptAnswer: ~Copyable {
    /// What was typed for a code, not looked at yet.
    case code(SecretBytes)
    /// Yes, to a confirmation.
    case yes
    /// No, to a confirmation.
    case no
}
