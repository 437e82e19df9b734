import Linux
import Secrets
import Text
import Times

/// The credentials that the environment holds, which SDKs take before any profile.
struct SDKVariables {
    private let environment: Environment
    /// In seconds since 1970.
    private let now: Int64

    init(environment: Environment, now: Int64) {
        self.environment = environment
        self.now = now
    }

    /// What there is to say of it.
    enum Verdict {
        case nothing
        case finding(Finding)
        case remark(Remark)
    }

    private static let keyVariable = "AWS_ACCESS_KEY_ID"
    private static let tokenVariables = ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"]

    /// Of a key.
    ///
    /// - Parameters:
    ///   - isMeant: some profile is meant to ask warder.
    ///   - needs: some profile lives on the environment's key.
    func key(isMeant: Bool, needs: Bool) -> Verdict {
        guard environment.nonEmpty(Self.keyVariable) != nil else { return .nothing }
        let exporter = environment.nonEmpty("WARDER_PROFILE")
        let end = environment.nonEmpty("AWS_CREDENTIAL_EXPIRATION").flatMap { UnixTime(iso8601: $0) }
        if let end, end.seconds <= now {
            return .finding(
                Finding(
                    "expired_session", .broken, at: Self.keyVariable,
                    (exporter.map { "warder exported a session of \($0) here, which" }
                        ?? "the session in this environment")
                        + " ended at \(end.iso8601)",
                    why: "programs use it before any profile, and AWS refuses it", .run(removal)))
        }
        if let exporter {
            return .remark(
                Remark(
                    "exported_session", at: Self.keyVariable,
                    "this environment has a session of \(exporter), exported by warder"
                        + (end.map { ", until \($0.iso8601)" } ?? "")))
        }
        guard !needs else {
            return .remark(
                Remark(
                    "needed_key", at: Self.keyVariable,
                    "it is set for credential_source = Environment; programs that name no profile use it too"
                ))
        }
        guard isMeant else { return .nothing }
        return .finding(
            Finding(
                "environment_key", .broken, at: Self.keyVariable, "a key is set, and SDKs use it before any profile",
                why: "programs started without --profile do not ask warder", .run(removal)))
    }

    /// Of a session token that belongs to no key here.
    var staleToken: Finding? {
        let tokens = Self.tokenVariables.filter(isSet)
        guard let first = tokens.first else { return nil }
        let remedy = Remedy.run("unset \(tokens.joined(separator: " "))")
        guard let key = environment.nonEmpty(Self.keyVariable) else {
            return Finding(
                "stale_session_token", .risky, at: first, "a session token is set without its key",
                why: "AWS will refuse the next key set beside it", remedy)
        }
        // The IDs of long-term keys (IAM User Guide, "IAM identifiers").
        guard key.begins(with: "AKIA") else { return nil }
        return Finding(
            "stale_session_token", .broken, at: first, "a session token is set beside a long-term key",
            why: "AWS refuses the two together", remedy)
    }

    /// Whether a variable that may hold a secret is set.
    private func isSet(_ variable: String) -> Bool {
        switch environment.secret(variable) {
        case .some(let value): !value.isEmpty
        case .none: false
        }
    }

    /// Takes all of it away; what warder exported, as warder does.
    private var removal: String {
        if environment.nonEmpty("WARDER_PROFILE") != nil { return "eval \"$(warder env --unset)\"" }
        let names = [Self.keyVariable, "AWS_SECRET_ACCESS_KEY"] + Self.tokenVariables + ["AWS_CREDENTIAL_EXPIRATION"]
        return "unset \(names.filter(isSet).joined(separator: " "))"
    }
}
