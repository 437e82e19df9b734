import Linux
import Setup

/// A wait that is visible if a terminal is in the foreground.
struct Countdown {
    let context: Context

    /// Waits, and shows on the terminal what for and how long: `the next one in 17 s`.
    func wait(seconds: Int64, for what: String) {
        guard context.mayPrompt, let terminal = try? context.terminal() else {
            return context.world.timing.sleep(seconds * 1000)
        }
        for left in stride(from: seconds, to: 0, by: -1) {
            terminal.show("\r\u{1b}[Kwarder: \(what) in \(left) s")
            context.world.timing.sleep(1000)
        }
        terminal.show("\r\u{1b}[K")
    }
}
