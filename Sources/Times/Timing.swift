import Glibc

/// Clocks, waiting and random numbers, as arguments.
public struct Timing: Sendable {
    /// The time of day.
    public var now: @Sendable () -> UnixTime
    /// Milliseconds on a clock that never goes back.
    public var uptime: @Sendable () -> Int64
    /// Waits so many milliseconds.
    public var sleep: @Sendable (Int64) -> Void
    /// A random number from 0 to just under 1.
    public var random: @Sendable () -> Double

    /// Functions for time and random numbers, given one by one.
    public init(
        now: @escaping @Sendable () -> UnixTime, uptime: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Int64) -> Void, random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
        self.random = random
    }

    /// The system's: `CLOCK_REALTIME`, `CLOCK_MONOTONIC`, `nanosleep`, `getrandom`.
    public static let system = Timing(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return UnixTime(Int64(time.tv_sec))
        },
        uptime: {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        },
        sleep: { milliseconds in
            var rest = timespec(
                tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
            var left = timespec()
            while nanosleep(&rest, &left) == -1, errno == EINTR { rest = left }
        },
        random: { Double.random(in: 0..<1) })
}
