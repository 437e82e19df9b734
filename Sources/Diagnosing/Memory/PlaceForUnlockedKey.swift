import Glibc
import Linux
import Setup
import Stores
import Text

/// Whether there is a place for the key of the session cache while warder is unlocked: the kernel's keyring or, where
/// that is refused, a folder in memory.
enum PlaceForUnlockedKey: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let store = try? subject.store.get(), subject.isKeyringRefused else { return }
        if let folder = subject.folderInMemory {
            return diagnosis.add(
                Remark(
                    "keyring_refused", at: folder,
                    "the kernel refuses to keep this user's key, so the session-cache key is in a file here"))
        }
        if (try? store.opensUnasked()) == true {
            return diagnosis.add(
                Remark(
                    "keyring_refused", "the kernel refuses to keep this user's key, so each command opens the store"))
        }
        let isSet = subject.context.environment.nonEmpty("XDG_RUNTIME_DIR") != nil
        diagnosis.add(
            Finding(
                isSet ? "keyring_refused" : "no_runtime_folder", .broken, at: "XDG_RUNTIME_DIR",
                "the kernel refuses to keep this user's key, and XDG_RUNTIME_DIR "
                    + (isSet ? "is not an in-memory folder of this user" : "is not set"),
                why: "warder unlock cannot keep the key, so each command asks for the passphrase",
                .run(remedy)))
    }

    private static var remedy: String {
        if let folder = UsableRuntimeFolder.usableCustomaryFolder, (try? liesInMemory(folder)) == true {
            return "export XDG_RUNTIME_DIR=\(folder)"
        }
        let folder = "/dev/shm/runtime-\(geteuid())"
        // Another user may have made one of that name.
        return "{ mkdir -m 700 \(folder) || [ -O \(folder) ]; } && export XDG_RUNTIME_DIR=\(folder)"
    }
}

extension Subject {
    /// The kernel does not keep the key of an unlocked session cache.
    var isKeyringRefused: Bool { unlockedUntil == nil && !KernelKeyring.hasRoom || !KernelKeyring.isPermitted }

    /// The runtime folder, if it is in memory.
    var folderInMemory: String? {
        guard let folder = context.paths.runtime, (try? liesInMemory(folder)) == true else { return nil }
        return folder
    }
}
