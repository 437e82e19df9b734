import Linux
import Secrets

/// A question to the user on behalf of a profile.
public struct PromptRequest: Sendable, Equatable {
    /// The kind of answer.
    public enum Kind: String, Sendable, Equatable {
        /// The six digits that an MFA device shows.
        case code
        /// Yes or no.
        case confirmation
    }

    /// The kind of answer that is needed.
    public let kind: Kind
    /// The profile whose credentials are requested.
    public let profile: String
    /// The MFA device's serial number or ARN; nil for a confirmation.
    public let device: String?
    /// The requesting program, as `terraform (4711) in ~/infra`, printable; nil if unknown.
    public let caller: String?
    /// Why it is asked again, as `wrong code`; nil the first time.
    public var note: String?

    /// A request of one kind for one profile.
    public init(_ kind: Kind, profile: String, device: String?, caller: String?, note: String? = nil) {
        self.kind = kind
        self.profile = profile
        self.device = device
        self.caller = caller
        self.note = note
    }
}

/// The user's answer to a request.
public enum PromptAnswer: ~Copyable {
    /// What the user typed for a code, not checked yet.
    case code(SecretBytes)
    /// Yes, to a confirmation.
    case yes
    /// No, to a confirmation.
    case no
}
