import Linux

/// How far AWS's clock was from this machine's when a session was made, and when and in which boot that was seen. The
/// offset may stop holding: a wrong clock may be set at any time, and may be wrong by another amount after a reboot.
public struct ClockOffset: Equatable, Sendable {
    /// AWS's time minus this machine's.
    public let seconds: Int64
    /// When it was measured, on the clock of `Deadline`.
    public let moment: Deadline
    /// The boot that `moment` counts from.
    public let boot: String

    /// An offset measured at one moment of one boot.
    public init(seconds: Int64, moment: Deadline, boot: String) {
        self.seconds = seconds
        self.moment = moment
        self.boot = boot
    }

    /// Seconds. Closer clocks count as equal: an answer takes time, and its date is in whole seconds.
    public static let least: Int64 = 60
}

/// The clocks of this machine, as arguments.
public struct Clocks: Sendable {
    /// Seconds since 1970.
    public var wall: @Sendable () -> Int64
    /// A clock that never goes back.
    public var moment: @Sendable () -> Deadline
    /// Identifies this boot.
    public var boot: @Sendable () -> String?

    /// Clocks given one by one.
    public init(
        wall: @escaping @Sendable () -> Int64, moment: @escaping @Sendable () -> Deadline,
        boot: @escaping @Sendable () -> String?
    ) {
        self.wall = wall
        self.moment = moment
        self.boot = boot
    }

    /// The machine's own.
    public static let system = Clocks(wall: { wallClock() }, moment: { .now }, boot: { bootIdentifier() })
}

extension SessionLabel {
    /// Seconds by which a clock may have been set back since a session was made.
    private static let tolerance: Int64 = 300

    /// AWS's time minus this machine's now, in seconds; nil if the clock shows a time before the session was made, so
    /// that the session's age is unknown.
    func offset(_ clocks: Clocks) -> Int64? {
        let now = clocks.wall()
        guard let clock else { return now + Self.tolerance < issued ? nil : 0 }
        let passed = now - issued
        let passedByUptime = (clocks.moment().milliseconds - clock.moment.milliseconds) / 1000
        let isSame = clocks.boot() == clock.boot && abs(passed - passedByUptime) < ClockOffset.least
        if isSame { return clock.seconds }
        // The clock was set since, to the right time as far as is known.
        return now + Self.tolerance < issued + clock.seconds ? nil : 0
    }
}
