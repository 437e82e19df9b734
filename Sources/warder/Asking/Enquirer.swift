import Desktop
import HandOff
import Linux
import Prompt
import Secrets

/// Asks people, wherever they are: at the terminal, in a window, or from another terminal by `warder mfa`.
///
/// One for each command: whoever answered a first question from elsewhere sees what became of it, and the next one.
final class Enquirer {
    private let context: Context
    private var handOff: HandOff?
    private var notification: Notification?
    private var loaded: Settings?
    /// Nothing can be done without an answer. Where something can, only a terminal in front is asked: a window would
    /// come up with every call of an SDK.
    var isUrgent = true

    init(_ context: Context) { self.context = context }

    deinit { _ = notification?.close(until: .after(milliseconds: 500)) }

    /// Asks.
    ///
    /// - Parameters:
    ///   - caller: on whose behalf; nil where that is whoever typed the command.
    ///   - note: why it is asked once more; nil the first time.
    ///   - taking: looks at a code before it is the answer.
    func ask(
        _ kind: Enquiry.Kind, profile: String, device: String? = nil, for caller: Caller?, note: String? = nil,
        taking: (borrowing SecretBytes) -> Refusal? = { _ in nil }
    ) throws(Failure) -> Reply {
        let what = device.map { "a code of \($0)" } ?? "a yes to the use of \(profile)"
        guard context.mayPrompt else { throw Failure.notAsked(what, profile) }
        let settings = try settings()
        let enquiry = Enquiry(
            kind, profile: profile, device: device, caller: caller?.description(home: context.environment["HOME"]),
            note: note)
        let deadline = deadline(settings)
        let places = contenders(
            for: askers(settings), handoff: handOff(until: deadline, settings), in: context.environment)
        announce(enquiry, settings)
        do throws(EnquiryError) {
            return try race(enquiry, among: places, until: deadline, taking: taking)
        } catch {
            conclude(error == .dismissed ? "dismissed" : "nobody answered in time", succeeded: false)
            throw Failure(error, askingFor: what, profile: profile)
        }
    }

    /// Tells whoever answered from elsewhere what came of it.
    func conclude(_ text: String, succeeded: Bool) {
        handOff?.conclude(text, succeeded: succeeded)
        handOff = nil
        _ = notification?.close(until: .after(milliseconds: 500))
        notification = nil
    }

    // MARK: - Where

    private var hasTerminal: Bool { (try? Terminal.open()) != nil }

    private var hasDisplay: Bool { context.environment.hasDisplay }

    /// What the settings name, all at once; else the terminal or, without one, a window, and `warder mfa` in any case.
    private func askers(_ settings: Settings) -> [Asker] {
        if let askers = settings.codeAskers { return isUrgent ? askers : askers.filter { $0 == .terminal } }
        if !isUrgent { return [.terminal] }
        if hasTerminal { return [.terminal, .handoff] }
        let window: Asker =
            DialogContender.isInstalled(in: context.environment) ? .dialog : .pinentry(named: settings.pinentry)
        return hasDisplay ? [window, .handoff] : [.handoff]
    }

    /// An SDK does not wait for ever, and nobody may come to a terminal elsewhere.
    private func deadline(_ settings: Settings) -> Deadline {
        guard !hasTerminal, !hasDisplay else { return Patience.deadline }
        return .after(milliseconds: Int64(settings.handOffTime) * 1000)
    }

    private func handOff(until deadline: Deadline, _ settings: Settings) -> HandOff? {
        guard isUrgent, settings.handOffTime > 0 else { return nil }
        let present = handOff ?? HandOff(in: try? AskingFolder(runtime: context.places.runtime), until: deadline)
        present.deadline = deadline
        handOff = present
        return present
    }

    /// Says that somebody is waited for, where nothing else shows it.
    private func announce(_ enquiry: Enquiry, _ settings: Settings) {
        guard isUrgent, !hasTerminal, !hasDisplay || settings.codeAskers == [.handoff], settings.handOffTime > 0,
            notification == nil
        else { return }
        let wanted = enquiry.kind == .code ? "MFA code" : "yes or no"
        let who = enquiry.caller.map { "\($0) waits. " } ?? ""
        notification = Notification.show(
            "\(wanted) for \(printable(enquiry.profile))", body: who + "Run warder mfa in a terminal.",
            busAddress: context.environment["DBUS_SESSION_BUS_ADDRESS"], runtimeFolder: context.places.runtime,
            until: .after(milliseconds: 500))
        if !context.isHelper { Diagnostics.waiting(wanted) }
    }

    private func settings() throws(Failure) -> Settings {
        if let loaded { return loaded }
        let settings = try Settings.load(context)
        loaded = settings
        return settings
    }
}

private enum Diagnostics {
    /// To a person who started a command where nobody can be asked.
    static func waiting(_ wanted: String) { note("waiting for \(wanted): run warder mfa in a terminal") }
}
