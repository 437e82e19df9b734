import Crypto
import Secrets
import Times

extension CallbackListener {
    /// Hands one browser of this user a page whose address is a secret, and returns when it has it.
    ///
    /// - Parameters:
    ///   - page: the URL, which signs in anyone who opens it.
    ///   - random: the source of the entrance's name.
    ///   - deadline: milliseconds on the clock `timing.uptime`.
    ///   - open: starts a browser, without waiting for it, with the URL of the entrance: every user of this host can
    ///     read a program's arguments.
    ///   - hasFailed: whether the browser that was opened has ended with a failure.
    /// - Throws: `.timedOut`, before the deadline if `hasFailed`; `.listening`, `.crypto`.
    public borrowing func handOver(
        _ page: consuming SecretBytes, random: RandomSource = .system, timing: Timing = .system, until deadline: Int64,
        open: (_ entrance: String) -> Void, hasFailed: () -> Bool = { false }
    ) throws(SignInError) {
        let entrance = try SignInRedirect(to: page, random)
        // Nothing may come back.
        let state = try randomText(random)
        open(address + entrance.path)
        _ = try serve(
            state: state, entrance: entrance, endsThere: true, timing: timing, until: deadline, isHopeless: hasFailed)
    }
}
