/// When to renew credentials that are served while a command runs.
///
/// A request gets the present credentials at once while they are valid: SDKs wait for a second or two and then retry.
/// Renewal runs beside that. It runs ahead of expiry only if a client has asked since the last renewal: a shell that is
/// left open overnight must not renew credentials that no client uses.
public struct RenewalPlan: Sendable {
    /// Milliseconds between renewals while the present credentials are valid. If a renewal brings none that last
    /// longer, every request would start another renewal.
    static let pause: Int64 = 60_000
    /// Milliseconds after a failed renewal, if no valid credentials are left.
    static let pauseAfterFailure: Int64 = 3_000

    /// Seconds. Credentials with less left could expire before the client signs with them; AWS's SDKs refuse those.
    static let least: Int64 = 2

    /// When the credentials expire, in seconds since 1970.
    private(set) var end: Int64
    private var margin: Int64
    private var lastRenewal: Int64?
    private var hasFailed = false
    private var wasAsked = false

    /// - Parameters:
    ///   - end: when the first credentials expire, in seconds since 1970.
    ///   - margin: renew them when less than this is left, in seconds.
    public init(end: Int64, margin: Int64) {
        self.end = end
        self.margin = margin
    }

    /// Whether a client that receives the credentials at `now`, in seconds since 1970, can still use them.
    public func isValid(at now: Int64) -> Bool { end - now >= Self.least }

    /// Notes a request; returns whether to start a renewal.
    ///
    /// - Parameter uptime: milliseconds on a clock that never goes back.
    public mutating func ask(at now: Int64, uptime: Int64) -> Bool {
        wasAsked = true
        return isDue(at: now, uptime: uptime)
    }

    /// Whether to start a renewal ahead of expiry, for which no client waits and which must not prompt the user.
    public func isDueAhead(at now: Int64, uptime: Int64) -> Bool {
        wasAsked && isValid(at: now) && isDue(at: now, uptime: uptime)
    }

    private func isDue(at now: Int64, uptime: Int64) -> Bool {
        guard end - now < max(margin, Self.least) else { return false }
        guard let lastRenewal else { return true }
        let pause = isValid(at: now) ? Self.pause : hasFailed ? Self.pauseAfterFailure : 0
        return uptime - lastRenewal >= pause
    }

    /// Notes that a renewal returned credentials that expire at `end`; renew them when less than `margin` is left.
    public mutating func succeeded(end: Int64, margin: Int64, uptime: Int64) {
        self.end = end
        self.margin = margin
        (lastRenewal, hasFailed, wasAsked) = (uptime, false, false)
    }

    /// Notes that a renewal failed.
    public mutating func failed(uptime: Int64) { (lastRenewal, hasFailed) = (uptime, true) }
}
