import Arguments
import Failures
import Linux
import Sessions
import Setup
import Stores
import Text
import Times

struct Unlock: Command {
    static let name = "unlock"
    static let duration = Option("for", .text, "For how long: 8h, 90m, 1d.", placeholder: "time")
    static let keys = Flag("keys", "Unlock the vault's key as well.")
    static var description: CommandDescription {
        CommandDescription(
            "Lets warder use cached sessions without asking, for a time.",
            """
            Opens the store once and hands the session-cache key to the kernel. The
            access keys stay encrypted: what lies unlocked opens sessions of some
            hours, nothing more.

            With --keys the vault's own key lies unlocked too, for five minutes
            unless told, so that unattended work can use the access keys. Whoever
            runs as you can read them for as long.

            examples:
              warder unlock --for 10h
              warder unlock --keys --for 30m
            """,
            [duration, keys, Shared.noPrompt])
    }

    let given: Given

    /// How long the vault's key stays unlocked by default, in seconds.
    private static let keyTime = 300

    func run() throws {
        let context = try given.context()
        context.reportUnusedRuntimeFolder()
        let keys = Keys(context)
        let time = try wanted(context)
        if given[Self.keys] {
            let vault = try keys.presentVault()
            let seconds = time ?? min(Self.keyTime, context.longestUnlock ?? Self.keyTime)
            try vault.leaveUnlocked(seconds: seconds)
            try keys.settle(unlockingFor: try keys.unlockedState()?.deadline == nil ? sessionTime(context) : nil)
            return note("unlocked, and the keys themselves for \(spoken(seconds: Int64(seconds)))")
        }
        let seconds = try time ?? sessionTime(context)
        try keys.settle(unlockingFor: seconds)
        note("the session cache is unlocked for \(spoken(seconds: Int64(seconds)))")
        guard try keys.store()?.keysOpenApart == true, try keys.liveSessions()?.isEmpty == true else { return }
        note("nothing is cached in it yet: warder refresh PROFILE makes a session, for which it needs the key")
    }

    private func sessionTime(_ context: Context) throws(Failure) -> Int { try Settings.load(context).unlockTime }

    private func wanted(_ context: Context) throws(Failure) -> Int? {
        guard let duration = given[Self.duration] else { return nil }
        let time = try seconds(
            ofDuration: duration, in: 1...UnlockedState.longest, "a time to be unlocked for",
            hint: "give 1s to 30d, as 8h or 90m"
        ) { Failure(.usage, $0, hint: $1) }
        try context.policy().refuse(unlockingFor: time)
        return time
    }
}
