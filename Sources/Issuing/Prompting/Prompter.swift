import Failures
import Linux
import Prompt
import Secrets

/// What somebody is asked.
package struct UserRequest {
    /// A code, or a yes or no.
    package let kind: PromptRequest.Kind
    /// The profile that it is for.
    package let profile: String
    /// The MFA device whose code is wanted.
    package let device: String?
    /// On whose behalf; nil where that is whoever typed the command.
    package let caller: Caller?
    /// Why it is asked once more; nil the first time.
    package let note: String?
    /// Nothing can be served without an answer. Where something can, only a terminal in front is asked: a window would
    /// come up with every call of an SDK.
    package let requiresAnswer: Bool

    /// Puts a question together.
    package init(
        _ kind: PromptRequest.Kind, profile: String, device: String? = nil, caller: Caller?, note: String? = nil,
        requiresAnswer: Bool = true
    ) {
        self.kind = kind
        self.profile = profile
        self.device = device
        self.caller = caller
        self.note = note
        self.requiresAnswer = requiresAnswer
    }
}

/// Asks people, wherever they are, and tells them what came of it.
package protocol Prompter: AnyObject {
    /// Asks.
    ///
    /// - Parameter taking: looks at a code before it is the answer.
    func ask(_ userRequest: UserRequest, rejecting: (borrowing SecretBytes) -> CodeRejection?) throws(Failure)
        -> PromptAnswer
    /// Tells whoever answered from elsewhere what came of it.
    func conclude(_ text: String, succeeded: Bool)
}
