import Linux
import Synchronization
import Times

/// A clock that moves only when a test moves it, or when the code under test sleeps: sleeping takes no time.
package final class TestClock: Sendable {
    private struct State {
        var now: Int64
        var uptime: Int64 = 1_000_000
        var sleeps: [Int64] = []
    }
    private let state: Mutex<State>

    /// 2024-11-21T08:00:00Z: before the machine's own clock, since the session cache takes what was made after that for
    /// foreign.
    package static let start: Int64 = 1_732_176_000

    /// - Parameter now: seconds since 1970.
    package init(at now: Int64 = TestClock.start) { state = Mutex(State(now: now)) }

    /// One that shows the machine's time, for what is compared with the machine's own clock.
    package static func atPresent() -> TestClock { TestClock(at: wallClock()) }

    /// Seconds since 1970.
    package var now: Int64 { state.withLock { $0.now } }

    /// The sleeps so far, in milliseconds.
    package var sleeps: [Int64] { state.withLock { $0.sleeps } }

    /// Moves on by `seconds`.
    package func advance(_ seconds: Int64) {
        state.withLock {
            $0.now += seconds
            $0.uptime += seconds * 1000
        }
    }

    /// The clock as the code under test takes it.
    package var timing: Timing {
        Timing(
            now: { UnixTime(self.now) }, uptime: { self.state.withLock { $0.uptime } },
            sleep: { milliseconds in
                self.state.withLock {
                    $0.sleeps.append(milliseconds)
                    $0.uptime += milliseconds
                    $0.now += milliseconds / 1000
                }
            }, random: { 0.5 })
    }
}
