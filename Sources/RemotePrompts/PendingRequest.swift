import Linux
import Prompt

/// A request that another process waits to have answered, as `warder mfa` receives it. Its texts come from that
/// process: escape them before showing them.
public struct PendingRequest: Sendable, Equatable {
    /// Identifies the request within its process.
    public let number: Int
    /// The waiting process.
    public let process: Int32
    /// The kind of answer that is needed.
    public let kind: PromptRequest.Kind
    /// The profile whose credentials are requested.
    public let profile: String
    /// The MFA device's serial number or ARN; nil for a confirmation.
    public let device: String?
    /// The requesting program, as `terraform (4711) in ~/infra`.
    public let caller: String?
    /// Why it is asked again, as `wrong code`; nil the first time.
    public var note: String?
    /// When the process began to wait.
    public let since: Deadline
    /// When it gives up.
    public let deadline: Deadline
    /// When an answer can be of use; nil for at once.
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
