import Failures
import Linux
import Prompt
import Secrets

/// What the user is asked.
package struct UserRequest {
    /// The kind of answer: a code or a yes/no.
    package let kind: PromptRequest.Kind
    /// The profile that it is for.
    package let profile: String
    /// The MFA device whose code is wanted.
    package let device: String?
    /// The program that asks; nil if the user typed the command.
    package let caller: Caller?
    /// Why the question is repeated; nil the first time.
    package let note: String?
    /// Nothing can be served without an answer. If something can, only a terminal in the foreground may prompt: a
    /// window would open with every call of an SDK.
    package let requiresAnswer: Bool

    /// Creates a request.
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

/// Prompts the user at any terminal or window, and shows the outcome there.
package protocol Prompter: AnyObject {
    /// Prompts the user.
    ///
    /// - Parameter rejecting: checks a code before it counts as the answer.
    func ask(_ userRequest: UserRequest, rejecting: (borrowing SecretBytes) -> CodeRejection?) throws(Failure)
        -> PromptAnswer
    /// Shows the outcome to a user who answered from elsewhere.
    func conclude(_ text: String, succeeded: Bool)
}
