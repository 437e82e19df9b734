/// How the user may sign in.
package enum SignInMethod {
    /// The user is not there: whatever needs a sign-in fails.
    case none
    /// In this machine's browser or, without a display, by a code for a browser elsewhere.
    case automatic
    /// By a code that the user enters in a browser on any machine.
    case deviceCode
}

/// What the user signs in to.
struct SignInSession {
    /// The name of the `sso-session`; nil for settings in a profile.
    let name: String?
    let startURL: String
    let region: String
    let scopes: String?
    /// The command line that signs in, for a hint.
    let command: String

    /// The identity under which a token is kept: all profiles of a session share it.
    var identity: [UInt8] {
        Array("sign-in\u{0}\(name ?? "")\u{0}\(startURL)\u{0}\(region)\u{0}\(scopes ?? "")".utf8)
    }
}
