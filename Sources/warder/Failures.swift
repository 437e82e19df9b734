import Crypto
import Glibc
import Linux
import Prompt
import Sessions
import Shells
import Text
import Vault

// Every error of every room, in the user's words. This is the only place where errors become text.

extension Failure {
    /// Standard output took not all of an answer.
    static func unwritable(_ code: Int32) -> Failure {
        let reason = SystemError(call: "write", path: "", code: code).reason.lowercasedFirst
        return Failure(
            .other, "the answer could not be written to standard output: \(reason)",
            hint: "see where standard output goes: a full disk, or a reader that went away")
    }

    /// Something must be asked, and prompts are switched off.
    static func notAllowed(wanting what: String) -> Failure {
        Failure(
            .promptNeeded, "\(what) is needed, and prompts are switched off",
            hint: "run the command without --no-prompt and WARDER_NO_PROMPT")
    }

    /// The fault of a link into a folder that is not there.
    static let brokenLink = "broken_link"

    /// A file of the user's or of warder's own, called `what` in the message.
    init(_ error: FileError, _ what: String) {
        switch error {
        case .system(let error): self.init(error, what)
        case .tooLarge(let path, let limit):
            self.init(
                .badConfig, "\(what) \(path) is larger than \(limit / 1024) KiB",
                hint: "see what grew in it, and make it smaller")
        case .notAFile(let path):
            self.init(.damaged, "\(what) \(path) is not a plain file", hint: "move it away, and try again")
        case .foreign(let path, let owner):
            self.init(
                .damaged, "\(what) \(path) belongs to user \(owner), not to you",
                hint: Self.takingBack(path) ?? "chown it to your user if that is what you meant: \(shellWord(path))")
        case .exposed(let path, let mode):
            self.init(
                .damaged, "\(what) \(path) can be used by others (mode \(String(mode, radix: 8)))",
                hint: "chmod go-rwx \(shellWord(path))")
        case .link(let path):
            self.init(
                .damaged, "\(what) \(path) is a symbolic link",
                hint: "put the file itself there, or set \(Self.variable(of: what)) to where it is")
        case .brokenLink(let path, let folder):
            self.init(
                .other, "\(what): \(path) is a link into \(folder), a folder that is not there",
                hint: "mkdir -p \(shellWord(folder)), then run the same command again", fault: Self.brokenLink)
        case .unwritableBehindLink(let path, let target):
            self.init(
                .other, "\(what) \(path) is a link to \(target), which cannot be written",
                hint:
                    "change it where it is made (home-manager?), or set \(Self.variable(of: what)) to a file of your own"
            )
        }
    }

    /// A system call on what the message calls `what`.
    init(_ error: SystemError, _ what: String) {
        let hint =
            switch error.code {
            case _ where error.call == SystemError.lateSynchronization:
                "it is written, but a power cut may undo that: check the disk (dmesg), and run warder list"
            case ENOSPC: "free some space (df -h), and try again: nothing was changed"
            case EDQUOT: "free some of your quota, and try again: nothing was changed"
            case EROFS:
                "the file system is read-only: remount it, or set \(Self.variable(of: what)) to another place"
            case EBUSY: "it is mounted by itself, as in a container: change it where it comes from"
            case EACCES, EPERM:
                Self.takingBack(error.path) ?? "check who owns it and its mode: ls -ld \(shellWord(error.path))"
            case ENOENT: "check that the path is right: \(error.path)"
            case EEXIST: "choose another name, or move that file away"
            default: "try again when that is mended"
            }
        self.init(.other, "\(what): \(error.call) \(error.path): \(error.reason.lowercasedFirst)", hint: hint)
    }

    /// How to get back what a `sudo warder` has left to root; nil where nothing was.
    static func takingBack(_ path: String) -> String? {
        guard let part = rootsPart(of: path) else { return nil }
        return "\(part) belongs to root, as after sudo: sudo chown -R \(shellWord(userName())) \(shellWord(part))"
    }

    init(_ error: LockError, _ what: String) {
        switch error {
        case .timedOut(let path):
            self.init(
                .other, "\(what) is in use by another warder",
                hint: "wait for it, or see who it is: fuser \(shellWord(path))")
        case .unsupported(let path):
            self.init(
                .other, "the file system of \(path) has no file locks",
                hint: "set the XDG variable to a folder on a local file system")
        case .file(let error): self.init(error, what)
        }
    }

    init(_ error: TerminalError, askingFor what: String) {
        switch error {
        case .none:
            self.init(
                .promptNeeded, "\(what) is needed, and there is no terminal to ask on",
                hint: "run the command in a terminal")
        case .background:
            self.init(
                .promptNeeded, "\(what) is needed, and warder runs in the background of its terminal",
                hint: "bring the job to the foreground with fg")
        case .dismissed:
            self.init(.promptNeeded, "\(what) is needed, and the prompt was dismissed", hint: "run the command again")
            reach = .waiting
        case .timedOut:
            self.init(.promptNeeded, "\(what) is needed, and nobody answered in time", hint: "run the command again")
            reach = .latecomers
        case .tooLong:
            self.init(.promptNeeded, "the answer is too long for \(what)", hint: "run the command again")
        case .system(let error): self.init(error, "the terminal")
        case .stopped: self = .stopped
        case .needless: self = .answeredElsewhere(what)
        }
    }

    init(_ error: PassphraseError) {
        let what = "the vault's passphrase"
        switch error {
        case .notAllowed:
            self.init(
                .promptNeeded, "\(what) is needed, and prompts are switched off",
                hint: "run warder unlock in a terminal, or set WARDER_PASSPHRASE_COMMAND")
        case .terminal(let error): self.init(error, askingFor: what)
        case .pinentry(let error): self.init(error, askingFor: what)
        case .credential(let error): self.init(error, "the credential")
        case .command(let error): self.init(error, "WARDER_PASSPHRASE_COMMAND", .process)
        case .unreadableDescriptor(let variable, let value):
            self.init(
                .usage, "\(variable)=\(value) names no descriptor that can be read",
                hint: "open one for warder: \(variable)=3 warder … 3<file")
        case .empty:
            self.init(.promptNeeded, "the passphrase is empty", hint: "choose one that is not")
        case .commandGaveNone(let said):
            let failure = Failure(
                .promptNeeded, "WARDER_PASSPHRASE_COMMAND printed nothing: the passphrase is empty",
                hint: "try it by hand")
            self = failure.quoting(said)
        case .different:
            self.init(.promptNeeded, "the two passphrases differ", hint: "run the command again")
        case .stopped: self = .stopped
        case .needless: self = .answeredElsewhere(what)
        }
    }

    init(_ error: CryptoError) {
        switch error {
        case .refused(let operation):
            self.init(
                .other, "libcrypto refused \(operation)", hint: "check that libssl3 is whole: dpkg --verify libssl3")
        case .notAuthentic:
            self.init(.damaged, "encrypted data is damaged", hint: "run warder vault verify")
        }
    }

    init(_ error: SessionCacheError) {
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

    init(_ error: UnlockedStateError) {
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

    static func noSuchKey(_ name: String) -> Failure {
        Failure(.notFound, "there is no key named \(name)", hint: "run warder list, or warder add \(shellWord(name))")
    }

    init(_ error: VaultFileError) {
        switch error {
        case .absent(let path):
            self.init(.notFound, "there is no vault at \(path)", hint: "run warder add NAME: it makes one")
        case .exists(let path):
            self.init(
                .other, "there is a vault at \(path) already",
                hint: "add keys to it with warder add, or move it away to begin anew")
        case .file(let error): self.init(error, "the vault")
        case .lock(let error): self.init(error, "the vault")
        case .vault(let error, let path): self.init(error, path: path)
        case .unknownGeneration(let error, let path): self.init(error, path: path)
        case .older(let generation, let seen, let path):
            self.init(
                .damaged, "the vault \(path) is of generation \(generation), and generation \(seen) was here before",
                hint: "if you put the old copy there yourself: warder vault verify --accept-older")
        }
    }

    init(_ error: VaultError, path: String) {
        let mend = "restore a copy: warder vault restore \(shellWord(path + ".bak"))"
        switch error {
        case .notAVault: self.init(.damaged, "\(path) is not a vault", hint: mend)
        case .unknownVersion(let version):
            self.init(
                .damaged, "the vault \(path) is of version \(version), which this warder does not know",
                hint: "install a newer warder")
        case .truncated: self.init(.damaged, "the vault \(path) is cut short", hint: mend)
        case .damaged: self.init(.damaged, "the vault \(path) is damaged or was tampered with", hint: mend)
        case .tooLarge: self.init(.damaged, "the vault \(path) is larger than 16 MiB", hint: mend)
        case .unacceptableParameters(let logN):
            self.init(
                .damaged, "the vault \(path) asks for a scrypt cost of 2^\(logN), outside 2^15 to 2^20", hint: mend)
        case .wrongPassphrase:
            self.init(
                .locked, "wrong passphrase or code for \(path), or its slot is damaged",
                hint: "try again; if you forgot it: warder vault passphrase --recovery")
            reach = .waiting
        case .noSuchSlot(.passphrase):
            self.init(.damaged, "the vault \(path) has no passphrase slot", hint: mend)
        case .noSuchSlot(let type):
            self.init(
                .notFound, "the vault \(path) has no \(type.name) slot",
                hint: "see what opens it: warder vault slots")
        case .noSuchSlotIdentifier(let identifier):
            self.init(
                .notFound, "the vault \(path) has no slot \(identifier)", hint: "see warder vault slots")
        case .unusableKey(let size):
            self.init(
                .damaged, "a key that must have 32 bytes has \(size)",
                hint: "see what changed it in the Secret Service")
        case .unusableKeyfile(let size):
            self.init(
                .usage, "a keyfile has 32 to 8192 bytes, and this one has \(size)",
                hint: "let warder make one: warder vault slots add keyfile PATH")
        case .malformedRecoveryCode:
            self.init(
                .locked, "that is not a recovery code", hint: "it has 32 letters and digits, in eight groups of four")
        case .emptyPassphrase: self.init(.usage, "the passphrase is empty", hint: "choose one that is not")
        case .noSlots:
            self.init(.usage, "the last slot of a vault cannot be removed", hint: "add another one first")
        case .tooManySlots:
            self.init(.other, "the vault \(path) has eight slots, as many as there can be", hint: "remove one first")
        case .lastGeneration:
            self.init(.other, "the vault \(path) cannot be written any more often", hint: "make a new one")
        case .nameTaken(let name):
            self.init(
                .other, "there is a key named \(name) already",
                hint: "warder add --replace \(shellWord(name.text)), or choose another name")
        case .noSuchKey(let name): self = .noSuchKey(name.text)
        case .crypto(let error): self.init(error)
        }
    }

    init(_ error: ShellError) {
        switch error {
        case .controlCharacter(let variable):
            self.init(
                .other, "the value of \(variable) holds a control character, which no shell carries safely",
                hint: "use warder exec, which needs no quoting")
        case .notUnicode(let variable):
            self.init(
                .other, "the value of \(variable) is not UTF-8, and whoever reads it here would change it",
                hint: "use warder exec, which changes nothing")
        case .unreadable(let variable, let syntax):
            self.init(
                .other, "the value of \(variable) holds what not every reader of \(syntax.rawValue) takes as it is",
                hint: "use --format json, or warder exec")
        }
    }
}

extension String {
    /// Others' sentences end with a full stop; messages do not.
    var withoutFullStop: String {
        var text = self[...]
        while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// The C library's sentences begin with a capital; messages do not. A name as `SSL` or `OpenSSL` keeps its own.
    var lowercasedFirst: String {
        let word = unicodeScalars.prefix { $0 != " " }.dropFirst()
        return word.contains { $0.properties.isUppercase } ? self : prefix(1).lowercased() + dropFirst()
    }
}

extension SlotType {
    /// What people call it.
    var name: String {
        switch self {
        case .passphrase: "passphrase"
        case .libsecret: "libsecret"
        case .keyfile: "keyfile"
        case .recovery: "recovery"
        default: "type \(rawValue)"
        }
    }
}
