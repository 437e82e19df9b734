/// How long other processes, and people, are waited for, in milliseconds.
package struct WaitLimits: Sendable {
    /// As long as a prompt stands, and the requests after it.
    package var whilePrompting: Int64 = 150_000
    /// As long as AWS may take to answer.
    package var withoutPrompt: Int64 = 9_600
    /// The same of a sign-in's token, which is then still to be used for credentials.
    package var forTokenRenewal: Int64 = 9_000
    /// As long as a browser may take to come back.
    package var forSignIn: Int64 = 300_000
    /// While there is an old session to serve: as long as a renewal takes that asks nobody.
    package var withOldSession: Int64 = 1_000
    /// Without a word, where a person waits.
    package var beforeNotice: Int64 = 2_000
    /// How long after a failure of AWS or of the network a helper is told of it, rather than to try itself.
    package var sharedFailureLifetime: Int64 = 5_000

    /// The limits that are in force for users.
    package init() {}
}
