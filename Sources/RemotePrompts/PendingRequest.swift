import Linux
import Prompt

/// An enquiry that a process waits for an answer to, as whoever looks sees it. Its texts come from that process: they
/// are to be escaped before they are shown.
public struct PendingRequest: Sendable, Equatable {
    /// What tells it from others of the same process.
    public let number: Int
    /// The process that waits.
    public let process: Int32
    /// What kind of answer is wanted.
    public let kind: PromptRequest.Kind
    /// The profile that credentials are wanted of.
    public let profile: String
    /// The MFA device's serial number or ARN; nil for a confirmation.
    public let device: String?
    /// Who wants them, as `terraform (4711) in ~/infra`.
    public let caller: String?
    /// Why it is asked again, as `wrong code`; nil the first time.
    public var note: String?
    /// Since when the process waits.
    public let since: Deadline
    /// When it gives up.
    public let deadline: Deadline
    /// No answer is of use before it.
    public var notBefore: Deadline?

    init(_ number: Int, of process: Int32, _ request: Message.Request) {
        self.number = number
        self.process = process
        kind = request.kind
        profile = request.profile
        device = request.device
        caller = request.caller
        note = request.note
        since = request.since
        deadline = request.until
        notBefore = request.from
    }
}
