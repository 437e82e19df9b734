import Failures
import Issuing
import Linux
import Prompt
import RoomSupport
import Secrets
import Synchronization

/// Somebody who answers from a script, and what they were asked and told.
final class ScriptedPrompter: Prompter, Sendable {
    enum Answer: Sendable {
        case code(String)
        case yes, no
        /// Nobody answers, or somebody sends the prompt away.
        case failure(Failure)
    }

    /// What was asked.
    struct Asked: Equatable, Sendable {
        var kind: PromptRequest.Kind
        var profile: String
        var device: String?
        var note: String?
        var requiresAnswer: Bool
    }

    private struct State {
        var script: [Answer]
        var asked: [Asked] = []
        var rejected: [String] = []
        var told: [String] = []
    }
    private let state: Mutex<State>
    /// Runs while the question stands.
    private let whileAsked: @Sendable () -> Void

    init(_ script: Answer..., whileAsked: @escaping @Sendable () -> Void = {}) {
        state = Mutex(State(script: script))
        self.whileAsked = whileAsked
    }

    var asked: [Asked] { state.withLock { $0.asked } }
    /// Why answers were not taken, in place, before another was.
    var rejected: [String] { state.withLock { $0.rejected } }
    /// What became of the answers.
    var told: [String] { state.withLock { $0.told } }

    func ask(
        _ request: UserRequest, rejecting: (borrowing SecretBytes) -> CodeRejection?
    ) throws(Failure) -> PromptAnswer {
        state.withLock {
            $0.asked.append(
                Asked(
                    kind: request.kind, profile: request.profile, device: request.device, note: request.note,
                    requiresAnswer: request.requiresAnswer))
        }
        whileAsked()
        while true {
            let answer: Answer? = state.withLock { $0.script.isEmpty ? nil : $0.script.removeFirst() }
            switch answer {
            case .code(let digits):
                if let rejection = rejecting(secret(digits)) {
                    state.withLock { $0.rejected.append(rejection.note) }
                    continue
                }
                return .code(secret(digits))
            case .yes: return .yes
            case .no: return .no
            case .failure(var failure):
                failure.moment = .now
                throw failure
            case nil: throw Failure(.promptNeeded, "nobody is there", hint: "be there")
            }
        }
    }

    func conclude(_ text: String, succeeded: Bool) {
        state.withLock { $0.told.append((succeeded ? "+ " : "- ") + text) }
    }
}
