import ArgumentParser
import Sessions

struct Unlock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets warder use cached sessions without asking, for a time.",
        discussion: """
            Opens the vault once and hands the session-cache key to the kernel.
            The access keys stay encrypted: what lies unlocked opens sessions of
            some hours, nothing more.

            example: warder unlock --for 10h
            """)

    @OptionGroup var common: CommonOptions
    @Option(name: .customLong("for"), help: "For how long: 8h, 90m, 1d.")
    var duration: String?

    func run() throws {
        let context = try common.context()
        let time = try wanted(context)
        try Keys(context).open(unlockingFor: time)
        note("unlocked for \(spoken(seconds: Int64(time)))")
    }

    private func wanted(_ context: Context) throws(Failure) -> Int {
        guard let duration else { return try Settings.load(context).unlockTime }
        guard let time = seconds(ofDuration: duration), (1...UnlockedState.longest).contains(time) else {
            throw Failure(.usage, "\(duration) is not a time to be unlocked for", hint: "give 1s to 30d, as 8h or 90m")
        }
        return time
    }
}

struct Lock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes the unlocked session-cache key away.",
        discussion: """
            Cached sessions stay on disk, encrypted, and serve again after the next unlock.

            example: warder lock
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard let state = try Keys(common.context()).unlockedState() else { return note("there is no vault to lock") }
        do throws(UnlockedStateError) {
            note(try state.lock() ? "locked" : "it was locked already")
        } catch { throw Failure(error) }
    }
}
