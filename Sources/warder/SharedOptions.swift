import Arguments
import Failures
import Issuing
import Setup

/// Options and operands that several commands have.
enum Shared {
    static let noPrompt = Flag("no-prompt", "Never ask; WARDER_NO_PROMPT=1 does the same.")
    static let json = Flag("json", "Print JSON.")
    static let profile = Operand("profile", .profile, "The profile.")
    static let profiles = Operands("profiles", .profile, "The profiles.")
    /// A one-time code. It works once and not for long, so it is no secret worth hiding.
    static let mfaCode = Option(
        "mfa-code", .text, "The six digits of the MFA device, if they are needed.", placeholder: "code")
    static let readOnly = Flag("read-only", "Narrow the role to AWS's ReadOnlyAccess.")
    static let policy = Option(
        "policy", .file, "Narrow the role to the session policy in this file.", placeholder: "file")

    /// What narrows a role for one command.
    static var narrowing: [any Described] { [readOnly, policy] }
}

extension Given {
    /// The context of a command that has `Shared.noPrompt`.
    func context() throws(Failure) -> Context { try Context(noPrompt: self[Shared.noPrompt]) }

    /// The value of `Shared.mfaCode`.
    var mfaCode: String? { self[Shared.mfaCode] }

    /// What `Shared.narrowing` asks for.
    func narrowing() throws(Failure) -> Narrowing {
        let isReadOnly = self[Shared.readOnly]
        guard let policy = self[Shared.policy] else { return isReadOnly ? .readOnly : .none }
        guard !isReadOnly else {
            throw Failure(
                .usage, "--read-only and --policy exclude one another",
                hint: "two policies would allow more, not less")
        }
        return .policy(path: policy)
    }
}
