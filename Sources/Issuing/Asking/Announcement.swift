import Desktop
import HandOff
import Linux
import Prompt
import Setup
import Text

/// The hand-off, made known by a notification on the desktop as long as the enquiry is open: taken away with it by a
/// signal that ends warder too.
final class Announcement: Contender {
    private let handOff: HandOff
    private let context: Context
    private var notification: Notification?

    /// A notification is a help, not what is waited for.
    private static var patience: Deadline { .after(milliseconds: 500) }

    init(of handOff: HandOff, _ context: Context) {
        self.handOff = handOff
        self.context = context
    }

    func open(_ enquiry: Enquiry) throws(ContenderError) {
        try handOff.open(enquiry)
        let wanted = enquiry.kind == .code ? "MFA code" : "yes or no"
        let who = enquiry.caller.map { "\(printable($0)) waits. " } ?? ""
        notification = Notification.show(
            "\(wanted) for \(printable(enquiry.profile))", body: who + "Run warder mfa in a terminal.",
            busAddress: context.environment.nonEmpty("DBUS_SESSION_BUS_ADDRESS"), runtimeFolder: context.places.runtime,
            until: Self.patience)
    }

    var descriptors: [Int32] { handOff.descriptors }
    var wakeup: Deadline? { handOff.wakeup }
    func proceed() throws(ContenderError) -> Reply? { try handOff.proceed() }
    func refuse(_ note: String, until moment: Deadline?) { handOff.refuse(note, until: moment) }

    func withdraw() {
        handOff.withdraw()
        _ = notification?.close(until: Self.patience)
        notification = nil
    }
}
