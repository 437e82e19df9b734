/// What decides how long the sessions of a chain last.
package enum SessionLimit: Sendable {
    /// `duration_seconds`, up to what the role allows.
    case role
    /// `warder_session_duration`.
    case keySession
    /// The AWS sign-in service: those of a console sign-in last 15 minutes.
    case consoleSignIn
    /// STS: a role that is assumed with a session's credentials lasts an hour.
    case chainedRole
    /// The program or service that makes them.
    case source

    /// The longest that any of them lasts, in seconds; nil if the chain does not tell.
    package var seconds: Int64? {
        switch self {
        case .consoleSignIn: 900
        case .chainedRole: Int64(RoleStep.chainedDuration)
        case .role, .keySession, .source: nil
        }
    }
}

extension Chain {
    /// What decides how long the sessions of the last step last.
    package var sessionLimit: SessionLimit {
        guard roles.isEmpty else { return roles.count > 1 || source.isSession ? .chainedRole : .role }
        switch source {
        case .storedKey: return .keySession
        case .plaintextKey: return source.isKey ? .keySession : .source
        case .webIdentity: return .role
        case .login: return .consoleSignIn
        case .named, .sso, .process: return .source
        }
    }
}
