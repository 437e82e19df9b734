import Failures
import RemotePrompts
import Linux
import Prompt
import Secrets
import Setup

/// Prompts the user at the terminal, in a window, or from another terminal by `warder mfa`.
///
/// One for each command: a user who answered the first question from elsewhere also sees its outcome and the next
/// question.
package final class UserPrompter: Prompter {
    private let context: Context
    private var remotePrompt: RemotePrompt?
    private var hasSaid = false
    private var loaded: Settings?

    init(_ context: Context) { self.context = context }

    package func ask(
        _ userRequest: UserRequest, rejecting: (borrowing SecretBytes) -> CodeRejection?
    ) throws(Failure) -> PromptAnswer {
        let (kind, profile, caller) = (userRequest.kind, userRequest.profile, userRequest.caller)
        let what = userRequest.device.map { "a code of \($0)" } ?? "a yes to the use of \(profile)"
        guard context.mayPrompt else { throw Failure.notAsked(what, profile, isCode: kind == .code) }
        let settings = try settings()
        let request = PromptRequest(
            kind, profile: profile, device: userRequest.device,
            caller: caller?.description(home: context.environment["HOME"]), note: userRequest.note)
        let deadline = deadline(settings)
        let methods = methods(settings, requiresAnswer: userRequest.requiresAnswer)
        let channels = promptChannels(
            for: methods, remote: userRequest.requiresAnswer ? remotePrompt(until: deadline, methods, settings) : nil,
            in: context.environment)
        do throws(PromptError) {
            return try firstAnswer(to: request, from: channels, until: deadline, unwinding: true, rejecting: rejecting)
        } catch {
            // A user may still answer from elsewhere when this process continues.
            if error == .stopped { throw .stopped }
            let failure = Failure(
                error, askingFor: what, profile: profile, isCode: kind == .code,
                atTerminal: settings.codeMethods?.contains(.terminal) ?? true)
            conclude(failure.message, succeeded: false)
            throw failure
        }
    }

    /// Shows the outcome to a user who answered from elsewhere.
    package func conclude(_ text: String, succeeded: Bool) {
        remotePrompt?.conclude(text, succeeded: succeeded)
        remotePrompt = nil
    }

    // MARK: - Prompt methods

    enum TerminalPosition { case foreground, background, none }

    /// Whether warder is in the foreground of its terminal.
    var terminalPosition: TerminalPosition {
        do throws(TerminalError) {
            _ = try context.terminal()
            return .foreground
        } catch { return error == .background ? .background : .none }
    }

    private var hasDisplay: Bool { context.environment.hasDisplay }

    /// All methods that the settings name. By default: the terminal or, unless it is in the foreground, a window; and
    /// always `warder mfa`.
    func methods(_ settings: Settings, requiresAnswer: Bool) -> [PromptMethod] {
        if let methods = settings.codeMethods { return requiresAnswer ? methods : methods.filter { $0 == .terminal } }
        guard requiresAnswer, terminalPosition != .foreground else {
            return requiresAnswer ? [.terminal, .remote] : [.terminal]
        }
        let window: PromptMethod =
            DialogChannel.isInstalled(in: context.environment) ? .dialog : .pinentry(named: settings.pinentry)
        return (hasDisplay ? [window] : []) + (terminalPosition == .background ? [.terminal] : []) + [.remote]
    }

    /// An SDK does not wait forever, and a user at another terminal may never come.
    private func deadline(_ settings: Settings) -> Deadline {
        guard terminalPosition != .foreground, !hasDisplay else { return PromptTimeout.deadline }
        return .after(milliseconds: Int64(settings.remotePromptTime) * 1000)
    }

    /// Shows a notification on the desktop, if no other prompt is visible.
    private func remotePrompt(until deadline: Deadline, _ methods: [PromptMethod], _ settings: Settings) -> (
        any PromptChannel
    )? {
        guard settings.remotePromptTime > 0, methods.contains(.remote) else { return nil }
        let present =
            remotePrompt ?? RemotePrompt(in: try? PromptFolder(runtime: context.paths.runtime), until: deadline)
        present.deadline = deadline
        remotePrompt = present
        let isShown =
            (terminalPosition == .foreground && methods.contains(.terminal)) || (hasDisplay && methods != [.remote])
        guard !isShown else { return present }
        if !context.isHelper, !hasSaid { context.console.note("waiting for an answer: run warder mfa in a terminal") }
        hasSaid = true
        return NotifyingRemotePrompt(of: present, context)
    }

    private func settings() throws(Failure) -> Settings {
        if let loaded { return loaded }
        let settings = try Settings.load(context)
        loaded = settings
        return settings
    }
}
