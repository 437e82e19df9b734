/// How somebody may sign in.
package enum SignInMethod {
    /// Nobody is there: what needs a person fails.
    case none
    /// By the browser of this machine or, where it has no display, by a code for another one.
    case automatic
    /// By a code that is entered in a browser on any machine.
    case deviceCode
}

/// What is signed in to.
struct SignInSession {
    /// Of the `sso-session`; nil for settings in a profile.
    let name: String?
    let startURL: String
    let region: String
    let scopes: String?
    /// The profile that asks.
    let profile: String

    /// What a token is kept under: all profiles of a session share it.
    var identity: [UInt8] {
        Array("sign-in\u{0}\(name ?? "")\u{0}\(startURL)\u{0}\(region)\u{0}\(scopes ?? "")".utf8)
    }
}
