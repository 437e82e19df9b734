import Chains
import Failures
import Profiles
import Secrets
import Setup
import Stores
import Text

/// What the machine's rules make of a chain.
package struct ChainRules {
    private let policy: Policy
    private let chain: Chain
    /// How long a session is served at most from when it was made, in seconds; nil for as long as it lives.
    let longestSession: Int64?

    package init(_ policy: Policy, _ chain: Chain) {
        self.policy = policy
        self.chain = chain
        if let rule = policy.longestSession { longestSession = Int64(rule.value) } else { longestSession = nil }
    }

    // MARK: - What is refused

    /// Why no credentials of the chain may be given out, as far as the chain shows; nil if they may.
    package var refusal: Failure? {
        if policy.lines.isEmpty { return nil }
        if case .plaintextKey(let key) = chain.source, key.isLongTerm, let rule = policy.plaintextKeys,
            rule.value == .refuse
        {
            let importing = "warder import \(shellWord(key.profile.name))"
            return Failure(
                rule.line, forbids: "the key of \(key.profile.name) is in plain text (\(key.accessKeyID.origin.place))",
                hint: strayToken ?? "store it: \(importing)", command: strayToken == nil ? importing : nil)
        }
        guard chain.source.isLongTermKey else { return nil }
        if chain.stepCount == 0, let refusal = refusalOfEndlessKey(keyItself) { return refusal }
        return chain.hasMFA ? nil : policy.mfaRule.map(withoutCode)
    }

    /// Why a source's credentials may not be used, which only they themselves show; nil if they may.
    func refusal(of credentials: borrowing Credentials) -> Failure? {
        if policy.lines.isEmpty { return nil }
        switch credentials.sessionToken {
        case .some: if !isLongTermKey(id: credentials.accessKeyID) { return nil }
        case .none: break
        }
        let what = "the long-term key \(credentials.accessKeyID) that \(chain.profile) begins with"
        if chain.stepCount == 0, let refusal = refusalOfEndlessKey(what) { return refusal }
        return chain.hasMFA ? nil : policy.mfaRule.map(withoutCode)
    }

    /// A key that is given out itself never ends.
    private func refusalOfEndlessKey(_ what: String) -> Failure? {
        guard let rule = policy.longestSession?.line else { return nil }
        let hint =
            switch chain.source {
            case .storedKey: "remove warder_session = off, so that \(chain.profile) gets a session"
            case .plaintextKey(let key):
                strayToken ?? "store it, so that it makes sessions: warder import \(shellWord(key.profile.name))"
            default: "let \(chain.profile) begin with a session, or store the key: warder add NAME"
            }
        return Failure(rule, forbids: "\(what) would be given out as it is, and it never expires", hint: hint)
    }

    private func withoutCode(_ rule: RuleLine) -> Failure {
        let origin: String
        switch chain.source {
        case .storedKey(_, .some(let place)): origin = " (\(place.place))"
        case .plaintextKey(let key): origin = " (\(key.accessKeyID.origin.place))"
        default: origin = ""
        }
        return Failure(
            rule, forbids: "\(chain.profile) asks for no MFA code\(origin)",
            hint: strayToken ?? "add mfa_serial to the profile of its key: the ARN of the user's MFA device")
    }

    /// What to do about a token beside a long-term key, which neither gets a session nor is imported with it; nil if
    /// there is none.
    private var strayToken: String? {
        guard case .plaintextKey(let key) = chain.source, key.hasSessionToken,
            let token = key.profile.origin(of: "aws_session_token")
        else { return nil }
        return "remove the aws_session_token (\(token.place)), which no long-term key has, and store the key with "
            + "warder import \(shellWord(key.profile.name))"
    }

    private var keyItself: String {
        switch chain.source {
        case .storedKey(let name, _): "the key \(name)"
        case .plaintextKey(let key): "the key of \(key.profile.name)"
        default: "the key of \(chain.profile)"
        }
    }

    // MARK: - What is said

    /// What to say of a key in plain text, if the rules want it said; nil otherwise.
    var warning: String? {
        if policy.lines.isEmpty { return nil }
        guard case .plaintextKey(let key) = chain.source, key.isLongTerm,
            let rule = policy.plaintextKeys, rule.value == .warn
        else { return nil }
        return "\(rule.line.origin.place): \(rule.line.spoken), but the key of \(key.profile.name) is in plain text "
            + "(\(key.accessKeyID.origin.place)): warder import \(shellWord(key.profile.name))"
    }

    /// Whether only the source's credentials show whether the rules refuse them, so that a session from before the rules
    /// may be one of refused ones.
    var areJudgedAtSource: Bool {
        guard policy.mfaRule != nil, !chain.hasMFA, chain.stepCount > 0 else { return false }
        return switch chain.source {
        case .process, .named: true
        default: false
        }
    }

    /// The bounds that hold for the chain: what they shorten, and what they warn of.
    package func effects() -> [Policy.Effect] {
        var effects: [Policy.Effect] = []
        func add(_ line: RuleLine?, _ effect: String) { if let line { effects.append(.init(line, effect)) } }
        let longest = policy.longestSession?.line
        if let cut = chain.session?.shortening {
            add(longest, "the session lasts \(cut.lasts)")
        }
        if case .webIdentity(let identity) = chain.source, let cut = identity.shortening {
            add(longest, "the web identity's session lasts \(cut.lasts)")
        }
        for role in chain.roles {
            if let cut = role.shortening { add(longest, "the role of \(role.profile) lasts \(cut.lasts)") }
        }
        if warning != nil { add(policy.plaintextKeys?.line, "a warning: its key is in plain text") }
        return effects
    }
}

extension Shortening {
    fileprivate var lasts: String {
        "\(spoken(seconds: Int64(bound.value))) at most, not \(spoken(seconds: Int64(wanted)))"
    }
}
