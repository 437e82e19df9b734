import Crypto
import Glibc
import Linux
import Secrets
import Times
import Transport

/// What is outside of this process apart from its environment and its files: clock, random source, terminal, network,
/// and where output goes. A test supplies its own.
package struct World {
    /// Clocks and sleep.
    package var timing: Timing
    /// Where random bytes come from.
    package var random: RandomSource
    /// Opens the terminal, if this process is in its foreground.
    package var terminal: () throws(TerminalError) -> Terminal
    /// Makes the sender of requests.
    ///
    /// - Parameter caBundle: a file or folder of certificates to trust in place of the system's.
    package var sender: (_ caBundle: String?) throws(TransportError) -> any HTTPSender
    /// Where the command writes.
    package var console: any Console
    /// How long warder waits for other processes and for people.
    package var waits = WaitLimits()
    /// The descriptor that commands read as standard input.
    package var standardInput: Int32 = STDIN_FILENO
    /// The wanted ones of this process's variables, as `NAME=VALUE` with a NUL behind each, in one order.
    package var variables: (_ isWanted: (UnsafeRawBufferPointer) -> Bool) -> SecretBytes = Linux.variables(where:)
    /// Where events are recorded; nil for the log in the state folder.
    package var events: (any EventLog)?
    /// The file of the machine's settings.
    package var machineSettings = MachineSettings.standard
    /// The cost of trying a passphrase that is being set.
    package var passphraseCost = ScryptCost.standard

    /// The real world.
    package static var system: World {
        World(
            timing: .system, random: .system, terminal: { () throws(TerminalError) in try Terminal.open() },
            sender: { (caBundle) throws(TransportError) in
                try CurlSender(userAgent: "warder/" + Version.current, caBundle: caBundle)
            }, console: StandardStreams())
    }

    /// Creates a world from its parts.
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
