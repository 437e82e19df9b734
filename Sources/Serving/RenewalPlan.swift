/// When credentials are renewed that are served for as long as a command runs.
///
/// Whoever asks gets the present ones at once while they are valid: SDKs wait for a second or two and ask again. Renewal
/// goes on beside that, and ahead of it only where somebody has asked since the last one: a shell that is left open
/// overnight is not to renew for nobody.
public struct RenewalPlan: Sendable {
    /// Milliseconds between renewals while what is there is still valid. Where a renewal brings nothing that ends later each
    /// request would start another.
    static let pause: Int64 = 60_000
    /// Milliseconds after a renewal that has failed, where nothing valid is left.
    static let pauseAfterFailure: Int64 = 3_000

    /// Seconds. What ends within the second would have ended when its receiver signs with it; AWS's SDKs refuse it then.
    static let least: Int64 = 2

    /// When the credentials end, in seconds since 1970.
    private(set) var end: Int64
    private var margin: Int64
    private var lastRenewal: Int64?
    private var hasFailed = false
    private var wasAsked = false

    /// - Parameters:
    ///   - end: when the first credentials end, in seconds since 1970.
    ///   - margin: they are renewed when less is left, in seconds.
    public init(end: Int64, margin: Int64) {
        self.end = end
        self.margin = margin
    }

    /// Whether the credentials are good for somebody who gets them at `now`, in seconds since 1970.
    public func isValid(at now: Int64) -> Bool { end - now >= Self.least }

    /// Notes that somebody has asked; whether a renewal is to begin.
    ///
    /// - Parameter uptime: milliseconds on a clock that only goes forward.
    public mutating func ask(at now: Int64, uptime: Int64) -> Bool {
        wasAsked = true
        return isDue(at: now, uptime: uptime)
    }

    /// Whether a renewal is to begin that nobody waits for, and nobody may be disturbed by.
    public func isDueAhead(at now: Int64, uptime: Int64) -> Bool {
        wasAsked && isValid(at: now) && isDue(at: now, uptime: uptime)
    }

    private func isDue(at now: Int64, uptime: Int64) -> Bool {
        guard end - now < max(margin, Self.least) else { return false }
        guard let lastRenewal else { return true }
        let pause = isValid(at: now) ? Self.pause : hasFailed ? Self.pauseAfterFailure : 0
        return uptime - lastRenewal >= pause
    }

    /// Notes that a renewal gave credentials that end at `end`, and are to be renewed when less than `margin` is left.
    public mutating func succeeded(end: Int64, margin: Int64, uptime: Int64) {
        self.end = end
        self.margin = margin
        (lastRenewal, hasFailed, wasAsked) = (uptime, false, false)
    }

    /// Notes that a renewal failed.
    public mutating func failed(uptime: Int64) { (lastRenewal, hasFailed) = (uptime, true) }
}
