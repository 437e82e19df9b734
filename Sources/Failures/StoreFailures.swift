import Desktop
import Prompt
import Text
import Vault

// Errors of stores, in the user's words.

extension Failure {
    package static var noStore: Failure {
        Failure(.notFound, "no key is stored yet", hint: "run warder add NAME")
    }

    /// Another process moved the keys while this one waited.
    package static var moved: Failure {
        Failure(.other, "the keys were moved to another store meanwhile", hint: "run the command again")
    }

    package init(_ error: SecretServiceError) {
        switch error {
        case .noLibrary:
            self.init(
                .other, "libsecret is not installed, so the Secret Service cannot be reached",
                hint: "apt install libsecret-1-0 (Debian, Ubuntu), libsecret (Fedora, Arch)")
        case .unloadable(let reason):
            self.init(
                .other, "libsecret could not be loaded: \(reason)",
                hint: "see this process's limits (ulimit -a), and check the library: dpkg --verify libsecret-1-0")
        case .noBus:
            self.init(
                .locked, "there is no session bus to reach the Secret Service by",
                hint: "run it on the desktop; to have the keys here: warder store move --to file, there")
        case .noService:
            self.init(
                .locked, "nothing on the session bus is a Secret Service",
                hint: "start gnome-keyring or KeePassXC; or, where one runs: warder store move --to file")
        case .noCollection:
            self.init(
                .locked, "the Secret Service has no default keyring", hint: "make one in the desktop's password manager"
            )
        case .locked:
            self.init(
                .locked, "the desktop's keyring is locked",
                hint: "unlock it in the desktop's password manager, or run warder unlock")
        case .dismissed:
            self.init(.promptNeeded, "the keyring's dialog was dismissed", hint: "run the command again")
        case .timedOut:
            self.init(
                .locked, "the Secret Service does not answer", hint: "see whether it hangs: systemctl --user status")
        case .disconnected:
            self.init(
                .locked, "the Secret Service went away in the middle of a request",
                hint: "run the command again; if it stays so, see why it ends: journalctl --user")
        case .refused(let reason):
            self.init(
                .other, "the Secret Service refused: \(reason.withoutFullStop)",
                hint: "look at the keyring in the desktop's password manager")
        case .malformed:
            self.init(
                .other, "the Secret Service answered with what its protocol does not have",
                hint: "see which program it is: busctl --user status org.freedesktop.secrets")
        }
    }

    /// The desktop's keyring is locked, and its dialog cannot appear where the user sees it, over SSH for example.
    /// Without a display, the service reports that its dialog was dismissed.
    package static func lockedWithoutDisplay(isDismissed: Bool) -> Failure {
        Failure(
            isDismissed ? .promptNeeded : .locked,
            isDismissed
                ? "the dialog of the desktop's keyring was dismissed: there is no display here to show it"
                : "the desktop's keyring is locked, and there is no display here for its dialog",
            hint: "unlock it at the desktop, or here: gnome-keyring-daemon --unlock; to have the keys over SSH always: "
                + "warder store move --to file, at the desktop")
    }

    package init(_ error: PinentryError, askingFor what: String) {
        let settings = "name another in warder's settings: pinentry = …"
        switch error {
        case .notFound(let name):
            self.init(.promptNeeded, "\(what) is needed, and there is no pinentry \(name)", hint: settings)
        case .child(let error): self.init(error, "the pinentry", .process)
        case .dismissed:
            self.init(.promptNeeded, "\(what) is needed, and the prompt was dismissed", hint: "run the command again")
            scope = .waiting
        case .timedOut:
            self.init(.promptNeeded, "\(what) is needed, and no answer came in time", hint: "run the command again")
            scope = .latecomers
        case .noDisplay:
            self.init(
                .promptNeeded, "\(what) is needed, and the pinentry has neither a display nor a terminal",
                hint: "run the command in a terminal")
        case .unusable(let reason):
            self.init(
                .promptNeeded, "\(what) is needed, and the pinentry does not work: \(reason.withoutFullStop)",
                hint: settings)
        case .tooLong:
            self.init(.promptNeeded, "the answer is too long for \(what)", hint: "run the command again")
        case .different:
            self.init(.promptNeeded, "the two passphrases differ", hint: "run the command again")
        case .stopped: self = .stopped
        case .needless: self = .answeredElsewhere(what)
        }
    }

    package init(_ error: LoginWatchError) {
        switch error {
        case .noLibrary:
            self.init(.other, "GLib is not installed", hint: "apt install libglib2.0-0 (Debian, Ubuntu)")
        case .noBus:
            self.init(.other, "there is no system bus to hear from", hint: "see whether it runs: busctl status")
        case .noLogin:
            self.init(
                .other, "the system bus has no logind, which would tell of sleep and of the screen",
                hint: "see whether it runs: systemctl status systemd-logind")
        case .disconnected:
            self.init(.other, "the system bus went away", hint: "systemd starts warder-lock again; else run it again")
        }
    }

    /// The vault is locked, and warder cannot ask for its passphrase.
    ///
    /// - Parameters:
    ///   - obstacle: why it did not unlock automatically.
    ///   - sessionsAreOpen: cached sessions can still be read.
    ///   - keysMayOpen: no rule of the machine forbids `unlock --keys`.
    package static func locked(
        vault path: String, because obstacle: String? = nil, sessionsAreOpen: Bool, keysMayOpen: Bool = true
    ) -> Failure {
        let reason = obstacle.map { ": \($0)" } ?? ""
        guard sessionsAreOpen else {
            return Failure(.locked, "the vault \(path) is locked\(reason)", hint: "run warder unlock in a terminal")
        }
        return Failure(
            .locked,
            "the session cache is unlocked, but this needs a key itself: the keys in the vault \(path) are locked, "
                + "and only its sessions are not\(reason)",
            hint: "run this in a terminal" + (keysMayOpen ? ", or warder unlock --keys in one" : ""),
            fault: "keys_locked", cause: .keysLocked)
    }

    /// The same failure, if a new session needs a key: `warder unlock` alone does not help.
    ///
    /// - Parameters:
    ///   - key: its name.
    ///   - profile: the profile whose credentials are wanted.
    ///   - keysMayOpen: no rule of the machine forbids `unlock --keys`.
    package func wanting(key: String, for profile: String, keysMayOpen: Bool = true) -> Failure {
        guard cause == .keysLocked else { return self }
        return saying(
            "no cached session for \(profile) lasts, and a new one needs the key \(key), which is locked: "
                + "warder unlock opens the session cache alone",
            hint: "run warder refresh \(shellWord(profile)) in a terminal"
                + (keysMayOpen ? ", or warder unlock --keys" : ""))
    }
}
