import Failures
import HandOff
import Linux
import Prompt
import Secrets
import Setup

/// Asks people, wherever they are: at the terminal, in a window, or from another terminal by `warder mfa`.
///
/// One for each command: whoever answered a first question from elsewhere sees what became of it, and the next one.
package final class Enquirer: Prompter {
    private let context: Context
    private var handOff: HandOff?
    private var hasSaid = false
    private var loaded: Settings?

    init(_ context: Context) { self.context = context }

    package func ask(
        _ question: Question, taking: (borrowing SecretBytes) -> Refusal?
    ) throws(Failure) -> Reply {
        let (kind, profile, caller) = (question.kind, question.profile, question.caller)
        let what = question.device.map { "a code of \($0)" } ?? "a yes to the use of \(profile)"
        guard context.mayPrompt else { throw Failure.notAsked(what, profile, isCode: kind == .code) }
        let settings = try settings()
        let enquiry = Enquiry(
            kind, profile: profile, device: question.device,
            caller: caller?.description(home: context.environment["HOME"]), note: question.note)
        let deadline = deadline(settings)
        let askers = askers(settings, isUrgent: question.isUrgent)
        let places = contenders(
            for: askers, handoff: question.isUrgent ? handOff(until: deadline, askers, settings) : nil,
            in: context.environment)
        do throws(EnquiryError) {
            return try race(enquiry, among: places, until: deadline, unwinding: true, taking: taking)
        } catch {
            // Whoever answers from elsewhere may still do so when this process goes on.
            if error == .stopped { throw .stopped }
            let failure = Failure(
                error, askingFor: what, profile: profile, isCode: kind == .code,
                atTerminal: settings.codeAskers?.contains(.terminal) ?? true)
            conclude(failure.message, succeeded: false)
            throw failure
        }
    }

    /// Tells whoever answered from elsewhere what came of it.
    package func conclude(_ text: String, succeeded: Bool) {
        handOff?.conclude(text, succeeded: succeeded)
        handOff = nil
    }

    // MARK: - Where

    private enum Seat { case front, behind, none }

    /// Where warder is of its terminal.
    private var seat: Seat {
        do throws(TerminalError) {
            _ = try context.terminal()
            return .front
        } catch { return error == .background ? .behind : .none }
    }

    private var hasDisplay: Bool { context.environment.hasDisplay }

    /// What the settings name, all at once; else the terminal or, without one in front, a window, and `warder mfa` in any
    /// case.
    private func askers(_ settings: Settings, isUrgent: Bool) -> [Asker] {
        if let askers = settings.codeAskers { return isUrgent ? askers : askers.filter { $0 == .terminal } }
        guard isUrgent, seat != .front else { return isUrgent ? [.terminal, .handoff] : [.terminal] }
        let window: Asker =
            DialogContender.isInstalled(in: context.environment) ? .dialog : .pinentry(named: settings.pinentry)
        return (hasDisplay ? [window] : []) + (seat == .behind ? [.terminal] : []) + [.handoff]
    }

    /// An SDK does not wait for ever, and nobody may come to a terminal elsewhere.
    private func deadline(_ settings: Settings) -> Deadline {
        guard seat != .front, !hasDisplay else { return Patience.deadline }
        return .after(milliseconds: Int64(settings.handOffTime) * 1000)
    }

    /// Made known on the desktop, where nothing else shows that somebody is waited for.
    private func handOff(until deadline: Deadline, _ askers: [Asker], _ settings: Settings) -> (any Contender)? {
        guard settings.handOffTime > 0, askers.contains(.handoff) else { return nil }
        let present = handOff ?? HandOff(in: try? AskingFolder(runtime: context.places.runtime), until: deadline)
        present.deadline = deadline
        handOff = present
        let isShown = (seat == .front && askers.contains(.terminal)) || (hasDisplay && askers != [.handoff])
        guard !isShown else { return present }
        if !context.isHelper, !hasSaid { context.console.note("waiting for an answer: run warder mfa in a terminal") }
        hasSaid = true
        return Announcement(of: present, context)
    }

    private func settings() throws(Failure) -> Settings {
        if let loaded { return loaded }
        let settings = try Settings.load(context)
        loaded = settings
        return settings
    }
}
