import Chains
import Text

// Why the sessions of a profile are too short, in the user's words.

extension Failure {
    /// No session of the profile lasts as long as `--min-ttl` asks for.
    ///
    /// - Parameters:
    ///   - left: how long a new one lasts, in seconds.
    ///   - minimum: what was asked for, in seconds and in words.
    ///   - limit: what decides how long they last.
    ///   - instead: what else helps, as the hint ends.
    package static func tooShort(
        _ profile: String, left: Int64, minimum: (seconds: Int64, text: String), _ limit: SessionLimit, instead: String
    ) -> Failure {
        let isBeyond = limit.seconds.map { minimum.seconds > $0 } ?? false
        let longest = isBeyond ? limit.seconds.map { "\(spoken(seconds: $0)) at most" } : nil
        return Failure(
            .other,
            "the sessions of \(profile) last \(longest ?? spoken(seconds: left)), less than \(minimum.text)",
            hint: remedy(limit, isBeyond: isBeyond) + instead)
    }

    /// The federated user of a key lasts as long as the console session is wanted to.
    package static func tooShortFederation(_ profile: String, left: Int64, minimum: Int64) -> Failure {
        Failure(
            .other,
            "the federated user of \(profile) lasts \(spoken(seconds: left)), less than \(spoken(seconds: minimum))",
            hint: "raise --duration (12h at most), or leave --min-ttl out")
    }

    private static func remedy(_ limit: SessionLimit, isBeyond: Bool) -> String {
        switch limit {
        case .consoleSignIn where isBeyond:
            "for longer, use a role behind the console sign-in (1h at most), or a key; or "
        case .chainedRole where isBeyond: "for longer, let a key assume the role, not a session; or "
        case .role, .chainedRole: "raise duration_seconds of the profile, or "
        case .keySession: "raise warder_session_duration of the profile (36h at most), or "
        case .consoleSignIn: "those of a console sign-in last 15m at most; "
        case .source: "AWS or a program decides how long they last, not the profile; "
        }
    }
}

extension SessionLimit {
    /// Why no session lasts for so many seconds, and what to do for one that does; nil if one may.
    package func remark(wanting seconds: Int64) -> String? {
        guard let longest = self.seconds, seconds > longest else { return nil }
        switch self {
        case .consoleSignIn:
            return "the sessions of a console sign-in last 15m at most: for longer, use a role behind it (1h at most) "
                + "or a key"
        case .chainedRole: return "a role that a session assumes lasts 1h at most: for longer, let a key assume it"
        case .role, .keySession, .source: return nil
        }
    }
}
