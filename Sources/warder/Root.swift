import ArgumentParser
import Setup

/// The whole command line.
struct Warder: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warder",
        abstract: "Keeps AWS access keys encrypted, and answers every SDK with short-lived sessions.",
        discussion: """
            first steps:
              warder add alice           store a key, in the keyring or a vault
              warder process alice       what SDKs call, as credential_process
              eval $(warder env alice)   the same for a shell

            exit codes: 0 done, 1 failure, 2 usage, 3 locked, 4 prompt needed,
            5 refused by AWS, 6 network, 7 no such profile or key, 8 bad config,
            9 damaged file
            """,
        version: Version.current,
        subcommands: [Serve.self, RenewServed.self],
        groupedSubcommands: [
            CommandGroup(name: "keys:", subcommands: [Add.self, List.self, Remove.self]),
            CommandGroup(
                name: "sessions:",
                subcommands: [Process.self, Env.self, Exec.self, MFA.self, Refresh.self, Forget.self, WhoAmI.self]),
            CommandGroup(name: "profiles:", subcommands: [Explain.self, Adopt.self]),
            CommandGroup(
                name: "shells:",
                subcommands: [
                    Use.self, Drop.self, Renew.self, HookCommand.self, Trust.self, Distrust.self, FolderCommand.self,
                ]),
            CommandGroup(
                name: "stores:",
                subcommands: [Unlock.self, Lock.self, Status.self, StoreCommand.self, VaultCommand.self]),
        ])
}
