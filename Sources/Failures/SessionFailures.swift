import Crypto
import Sessions

// Errors of the session cache and the unlocked state, in the user's words.

extension Failure {
    package init(_ error: CryptoError) {
        switch error {
        case .refused(let operation):
            self.init(
                .other, "libcrypto refused \(operation)", hint: "check that libssl3 is whole: dpkg --verify libssl3")
        case .notAuthentic:
            self.init(.damaged, "encrypted data is damaged", hint: "run warder vault verify")
        case .malformedKey:
            self.init(.damaged, "the key of a sign-in is no P-256 key", hint: "sign in again")
        }
    }

    package init(_ error: SessionCacheError) {
        switch error {
        case .file(let error): self.init(error, "the session cache")
        case .busy:
            self.init(
                .promptNeeded, "another warder is renewing this session, and has not finished",
                hint: "answer its prompt, or end it, and try again")
        case .noLocks(let path):
            self.init(
                .other, "the file system of \(path) has no file locks",
                hint: "set XDG_CACHE_HOME to a folder on a local file system")
        case .crypto(let error): self.init(error)
        }
    }

    package init(_ error: UnlockedStateError) {
        switch error {
        case .noPlace(let runtime):
            let place = runtime.map { "\($0) is not in memory" } ?? "XDG_RUNTIME_DIR names no folder of yours"
            self.init(
                .other, "the kernel refuses to keep a key, and \(place)",
                hint: "set XDG_RUNTIME_DIR to a folder of your own on a tmpfs, or allow add_key in the container")
        case .keyring(.full):
            self.init(.other, "the kernel keyring is full", hint: "see what fills it: keyctl show @u")
        case .keyring(.unavailable):
            self.init(
                .other, "the kernel refuses access to its keyring", hint: "allow keyctl in the container's profile")
        case .keyring(.refused(let code)):
            self.init(.other, "the kernel keyring failed (error \(code))", hint: "see what it holds: keyctl show @u")
        case .file(let error): self.init(error, "the unlocked key's file")
        case .lockedMeanwhile:
            self.init(
                .locked, "warder was locked while this was to unlock it, and stays locked", hint: "run warder unlock")
        }
    }
}
