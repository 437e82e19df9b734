import Desktop
import RemotePrompts
import Linux
import Prompt
import Setup
import Text

/// A remote prompt with a desktop notification. The notification is removed when the prompt closes, and also when a
/// signal ends warder.
final class NotifyingRemotePrompt: PromptChannel {
    private let remotePrompt: RemotePrompt
    private let context: Context
    private var notification: Notification?

    /// A notification is optional: warder does not wait for it.
    private static var timeout: Deadline { .after(milliseconds: 500) }

    init(of remotePrompt: RemotePrompt, _ context: Context) {
        self.remotePrompt = remotePrompt
        self.context = context
    }

    func open(_ request: PromptRequest) throws(PromptChannelError) {
        try remotePrompt.open(request)
        let wanted = request.kind == .code ? "MFA code" : "yes or no"
        let who = request.caller.map { "\(printable($0)) waits. " } ?? ""
        notification = Notification.show(
            "\(wanted) for \(printable(request.profile))", body: who + "Run warder mfa in a terminal.",
            busAddress: context.environment.nonEmpty("DBUS_SESSION_BUS_ADDRESS"), runtimeFolder: context.paths.runtime,
            until: Self.timeout)
    }

    var descriptors: [Int32] { remotePrompt.descriptors }
    var wakeup: Deadline? { remotePrompt.wakeup }
    func proceed() throws(PromptChannelError) -> PromptAnswer? { try remotePrompt.proceed() }
    func reject(_ note: String, until moment: Deadline?) { remotePrompt.reject(note, until: moment) }

    func withdraw() {
        remotePrompt.withdraw()
        _ = notification?.close(until: Self.timeout)
        notification = nil
    }
}
