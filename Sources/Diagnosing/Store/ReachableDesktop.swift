import Desktop
import Failures
import Glibc
import Linux
import Setup
import Stores
import Text
import Vault

/// Whether the Secret Service answers, where keys or what opens the vault are in it.
enum ReachableDesktop: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard case .failure(let error)? = subject.desktop, error != .locked else { return }
        // A vault opens by its other slots where there is no desktop. One that hangs delays each opening.
        let isNeeded = (try? subject.store.get())?.kind == .libsecret || !opensOtherwise(subject.slotTypes)
        guard isNeeded || error == .timedOut else { return }
        if error == .noBus, subject.unlockedUntil != nil {
            diagnosis.add(
                Remark(
                    "no_session_bus",
                    "there is no session bus here: cached sessions are served until warder locks itself again"))
            return
        }
        diagnosis.add(finding(error, subject))
    }

    private static func opensOtherwise(_ slots: [SlotType]) -> Bool {
        slots.contains { $0 == .passphrase || $0 == .keyfile }
    }

    private static func finding(_ error: SecretServiceError, _ subject: Subject) -> Finding {
        let environment = subject.context.environment
        let status = Remedy.run("busctl --user status org.freedesktop.secrets")
        func broken(_ code: String, at place: String? = nil, _ remedy: Remedy) -> Finding {
            Finding(
                code, .broken, at: place, Failure(error).message,
                why: "warder cannot read the keys, or reopen the session cache once it is locked", remedy)
        }
        switch error {
        case .noLibrary, .unloadable:
            return broken(
                "no_libsecret",
                .run(PackageManager.installing("libsecret-1-0", elsewhere: "libsecret", environment)))
        case .noBus:
            let isSet = environment.nonEmpty("DBUS_SESSION_BUS_ADDRESS") != nil
            return broken(
                "no_session_bus", at: isSet ? "DBUS_SESSION_BUS_ADDRESS" : nil, .run(findingBus(subject, isSet: isSet)))
        case .noService:
            let daemon = programPath("gnome-keyring-daemon", searchPath: environment["PATH"])
            return broken(
                "no_secret_service",
                .run(
                    daemon == nil
                        ? PackageManager.installing("gnome-keyring", environment)
                        : "gnome-keyring-daemon --start --components=secrets"))
        case .timedOut: return broken("secret_service_hangs", status)
        default: return broken("secret_service_fails", status)
        }
    }

    /// What makes a bus that is there known.
    private static func findingBus(_ subject: Subject, isSet: Bool) -> String {
        if isSet, let runtime = subject.context.paths.runtime, isSocket(runtime + "/bus") {
            return "unset DBUS_SESSION_BUS_ADDRESS"
        }
        let bus = customaryRuntimeFolder + "/bus"
        return isSocket(bus) ? "export DBUS_SESSION_BUS_ADDRESS=unix:path=\(bus)" : "loginctl user-status"
    }

    private static func isSocket(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFSOCK
    }
}

/// Where systemd makes this user's runtime folder (pam_systemd(8)).
var customaryRuntimeFolder: String { "/run/user/\(geteuid())" }
