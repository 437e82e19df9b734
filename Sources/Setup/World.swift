import Crypto
import Glibc
import Linux
import Times
import Transport

/// What is outside of this process beside its environment and its files: the clock, chance, a terminal, the network, and
/// who reads what is printed. A test gives its own.
package struct World {
    /// Clocks and sleep.
    package var timing: Timing
    /// Where random bytes come from.
    package var random: RandomSource
    /// Opens the terminal, where this process is in front of one.
    package var terminal: () throws(TerminalError) -> Terminal
    /// Makes what sends requests.
    ///
    /// - Parameter caBundle: a file of certificates to trust in place of the system's.
    package var sender: (_ caBundle: String?) throws(TransportError) -> any HTTPSender
    /// Where the command speaks.
    package var console: any Console
    /// How long others are waited for.
    package var waits = WaitLimits()
    /// The descriptor that is read where a command reads standard input.
    package var standardInput: Int32 = STDIN_FILENO
    /// What a passphrase that is set costs to try.
    package var passphraseCost = ScryptCost.standard

    /// The world of a user.
    package static var system: World {
        World(
            timing: .system, random: .system, terminal: { () throws(TerminalError) in try Terminal.open() },
            sender: { (caBundle) throws(TransportError) in
                try CurlSender(userAgent: "warder/" + Version.current, caBundle: caBundle)
            }, console: StandardStreams())
    }

    /// Puts a world together.
    package init(
        timing: Timing, random: RandomSource, terminal: @escaping () throws(TerminalError) -> Terminal,
        sender: @escaping (_ caBundle: String?) throws(TransportError) -> any HTTPSender, console: any Console
    ) {
        self.timing = timing
        self.random = random
        self.terminal = terminal
        self.sender = sender
        self.console = console
    }
}
