import Arguments
import Setup

/// The whole command line.
struct Warder: Command {
    static let name = "warder"
    static var description: CommandDescription {
        CommandDescription(
            "Keeps AWS access keys encrypted, and answers every SDK with short-lived sessions.",
            """
            first steps:
              warder import              store the keys of ~/.aws/credentials
              warder add alice           or one key, in the keyring or a vault
              warder process alice       what SDKs call, as credential_process
              eval $(warder env alice)   the same for a shell

            exit codes: 0 done, 1 failure, 2 usage, 3 locked, 4 prompt needed,
            5 refused by AWS, 6 network, 7 no such profile or key, 8 bad config,
            9 damaged file
            """,
            groups: [
                CommandGroup("keys", [Add.self, Import.self, List.self, Rotate.self, Remove.self]),
                CommandGroup(
                    "sessions",
                    [
                        Process.self, Env.self, Exec.self, ConsoleCommand.self, Presign.self, Login.self, Refresh.self,
                        MFA.self, Forget.self, WhoAmI.self,
                    ]),
                CommandGroup("profiles", [Explain.self, Adopt.self, Profiles.self, Doctor.self]),
                CommandGroup(
                    "shells",
                    [
                        Use.self, Drop.self, Renew.self, HookCommand.self, Trust.self, Distrust.self,
                        FolderCommand.self,
                    ]),
                CommandGroup(
                    "stores", [Unlock.self, Lock.self, Status.self, Log.self, StoreCommand.self, VaultCommand.self]),
                CommandGroup("about warder", [HelpCommand.self, VersionCommand.self]),
                CommandGroup("for other programs", [Names.self, Grammar.self, Serve.self, RenewServed.self]),
            ],
            usual: StartPage.self)
    }

    let given: Given

    /// The parser takes `StartPage` in its place.
    func run() throws { try StartPage(given: given).run() }
}
