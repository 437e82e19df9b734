import Failures
import Linux
import Prompt
import Secrets

/// What somebody is asked.
package struct Question {
    /// A code, or a yes or no.
    package let kind: Enquiry.Kind
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
    package let isUrgent: Bool

    /// Puts a question together.
    package init(
        _ kind: Enquiry.Kind, profile: String, device: String? = nil, caller: Caller?, note: String? = nil,
        isUrgent: Bool = true
    ) {
        self.kind = kind
        self.profile = profile
        self.device = device
        self.caller = caller
        self.note = note
        self.isUrgent = isUrgent
    }
}

/// Asks people, wherever they are, and tells them what came of it.
package protocol Prompter: AnyObject {
    /// Asks.
    ///
    /// - Parameter taking: looks at a code before it is the answer.
    func ask(_ question: Question, taking: (borrowing SecretBytes) -> Refusal?) throws(Failure) -> Reply
    /// Tells whoever answered from elsewhere what came of it.
    func conclude(_ text: String, succeeded: Bool)
}
