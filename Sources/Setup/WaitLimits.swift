/// How long warder waits for other processes and for people, in milliseconds.
package struct WaitLimits: Sendable {
    /// For another process that may prompt: as long as a prompt stays open, plus the requests after it.
    package var whilePrompting: Int64 = 150_000
    /// For another process that does not prompt: as long as AWS may take to answer.
    package var withoutPrompt: Int64 = 9_600
    /// The same for the token of a sign-in; less, because credentials must still be fetched with it.
    package var forTokenRenewal: Int64 = 9_000
    /// For a sign-in: as long as the browser may take to come back.
    package var forSignIn: Int64 = 300_000
    /// While an old session can be served: as long as a renewal takes without a prompt.
    package var withOldSession: Int64 = 1_000
    /// Before telling the user what warder is waiting for.
    package var beforeNotice: Int64 = 2_000
    /// Whether to wait for a pipe in the place of a file, such as `<(command)`.
    package var readsPipes = true
    /// How long after another process's AWS or network failure a helper reports that failure instead of trying for
    /// itself; nil for a process that never reports another's failure.
    package var sharedFailureLifetime: Int64? = 5_000

    /// The limits that users get.
    package init() {}
}
