import AuditLog
import Failures
import Glibc
import Linux
import Secrets
import STS
import Vault

/// What goes wrong with files, locks and streams.
func fileTables(_ o: String) -> [Table] {
    let path = "/v/" + o
    let files: [FileError] = [
        .system(SystemError(call: "open", path: path, code: EIO)), .tooLarge(path: path, limit: 65_536),
        .notAFile(path: path), .foreign(path: path, owner: 1001), .exposed(path: path, mode: 0o644), .link(path: path),
        .brokenLink(path: path, folder: path), .unwritableBehindLink(path: path, target: "/nix/" + o),
    ]
    let codes: [(String, Int32)] = [
        ("ENOSPC", ENOSPC), ("EDQUOT", EDQUOT), ("EROFS", EROFS), ("EBUSY", EBUSY), ("EACCES", EACCES),
        ("EPERM", EPERM), ("ENOENT", ENOENT), ("EEXIST", EEXIST), ("EIO", EIO),
    ]
    let late = SystemError(call: SystemError.lateSynchronization, path: path, code: EIO)
    return [
        Table(files) { Failure($0, "the vault") },
        Table(
            "SystemError",
            codes.map { ($0.0, Failure(SystemError(call: "rename", path: path, code: $0.1), "the config file")) }
                + [("after the rename", Failure(late, "the vault"))]),
        Table(
            [.timedOut(path: path), .unsupported(path: path), .file(.link(path: path))] as [LockError]
        ) { Failure($0, "the session cache") },
        Table([.busy, .file(.link(path: path)), .newer(path: path), .crypto] as [LogError]) { Failure($0) },
        Table(
            "LogDamage",
            [LogDamage.noSeal, .foreign, .changed, .missing, .outOfPlace, .cut, .older].map {
                (String(describing: $0), Failure($0, file: path, line: $0 == .noSeal || $0 == .foreign ? 0 : 17))
            }),
        Table(
            "who can be set elsewhere",
            [
                "the config file", "the credentials file", "the vault", "the store", "the store's marker",
                "the session cache", "warder's settings", "warder's state folder", "the terminal",
            ].map { ($0, Failure(FileError.link(path: path), $0)) }),
    ]
}

/// Failures that no error is behind.
func spokenTable(_ o: String) -> Table {
    let open = Failure.locked(vault: "/v/" + o, sessionsAreOpen: true)
    return Table(
        "Failure",
        [
            ("unwritable", .unwritable(EPIPE)), ("noStore", .noStore), ("moved", .moved), ("noSuchKey", .noSuchKey(o)),
            ("lockedWithoutDisplay", .lockedWithoutDisplay(isDismissed: true)),
            ("lockedWithoutDisplay", .lockedWithoutDisplay(isDismissed: false)),
            ("locked", .locked(vault: "/v/" + o, sessionsAreOpen: false)),
            ("locked", .locked(vault: "/v/" + o, because: "its keyfile is not there", sessionsAreOpen: false)),
            ("locked", open),
            ("locked", .locked(vault: "/v/" + o, because: "the keyring is locked", sessionsAreOpen: true)),
            ("wanting", open.wanting(key: o, for: o)), ("notAllowed", .notAllowed(wanting: "a name")),
            ("codeWithheld", .codeWithheld(device: o, profile: o)),
            ("notAsked", .notAsked("a code of " + o, o)), ("notAsked", .notAsked("a yes", o, isCode: false)),
            ("stopped", .stopped), ("answeredElsewhere", .answeredElsewhere("a code of " + o)),
            ("noEnvironment", .noEnvironment(line)), ("unreadableToken", .unreadableToken(line, "/v/" + o)),
            ("emptyToken", .emptyToken(line, "/v/" + o)),
            ("untrusted", .untrusted("~/" + o, profile: o, hasChanged: false)),
            ("untrusted", .untrusted("~/" + o, profile: o, hasChanged: true)),
            ("placed", Failure(VaultError.damaged, path: "/v/" + o).placed(at: line, fault: "a_fault")),
            ("suggesting", Failure.noSuchKey(o).suggesting("alice")),
            ("suggesting", Failure.noSuchKey(o).suggesting(nil)),
            ("quoting", Failure.noStore.quoting(o)), ("quoting", Failure.noStore.quoting("")),
        ])
}
