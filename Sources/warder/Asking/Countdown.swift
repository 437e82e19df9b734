import Linux

/// A wait that is seen, where a terminal is in front.
struct Countdown {
    let context: Context

    /// Waits, and shows on the terminal what for and how long: `the next one in 17 s`.
    func wait(seconds: Int64, for what: String) {
        guard context.mayPrompt, let terminal = try? Terminal.open() else {
            return sleep(milliseconds: seconds * 1000)
        }
        for left in stride(from: seconds, to: 0, by: -1) {
            terminal.show("\r\u{1b}[Kwarder: \(what) in \(left) s")
            sleep(milliseconds: 1000)
        }
        terminal.show("\r\u{1b}[K")
    }
}
