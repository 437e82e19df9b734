import Linux

/// How far AWS's clock was from this machine's when a session was made, and by what it can be told whether that still
/// holds: a clock that is wrong may be set at any time, and is wrong in another way after a start of the machine.
public struct ClockOffset: Equatable, Sendable {
    /// AWS's time less this machine's.
    public let seconds: Int64
    /// When it was seen, on the clock of `Deadline`.
    public let moment: Deadline
    /// The start of the machine from which `moment` counts.
    public let boot: String

    /// Puts the parts together.
    public init(seconds: Int64, moment: Deadline, boot: String) {
        self.seconds = seconds
        self.moment = moment
        self.boot = boot
    }

    /// Seconds. Closer clocks count as the same: an answer takes its time, and its date is in whole seconds.
    public static let least: Int64 = 60
}

/// The clocks of this machine, as arguments.
public struct Clocks: Sendable {
    /// Seconds since 1970.
    public var wall: @Sendable () -> Int64
    /// A clock that only goes forward.
    public var moment: @Sendable () -> Deadline
    /// What tells this start of the machine from others.
    public var boot: @Sendable () -> String?

    /// Puts clocks together.
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
    /// Seconds by which a clock may have been put back since a session was made.
    private static let tolerance: Int64 = 300

    /// AWS's time less this machine's now, in seconds; nil where the clock shows a time before the session was made, so
    /// that nothing tells how old it is.
    func offset(_ clocks: Clocks) -> Int64? {
        let now = clocks.wall()
        guard let clock else { return now + Self.tolerance < issued ? nil : 0 }
        let passed = now - issued
        let passedByUptime = (clocks.moment().milliseconds - clock.moment.milliseconds) / 1000
        let isSame = clocks.boot() == clock.boot && abs(passed - passedByUptime) < ClockOffset.least
        if isSame { return clock.seconds }
        // The clock was set, to the right time for all that is known.
        return now + Self.tolerance < issued + clock.seconds ? nil : 0
    }
}
