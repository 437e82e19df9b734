import AuditLog
import Crypto
import Failures
import Foundation
import Linux
import Secrets
import Setup
import Stores
import Synchronization
import Transport
import Vault

/// A home of a test's own, with a config, a world, and no terminal.
///
/// Each thread of a test makes contexts of its own, as each process has.
package final class TestHome: Sendable {
    /// The folder.
    package let path: String
    package let clock: TestClock
    package let console = RecordingConsole()
    package let events: RecordingEvents
    private let sender: any HTTPSender & Sendable
    private let variables: Mutex<[String: String]>
    /// Seeds: each home, and each context, has keys of its own, since what the disk does not take lies in the kernel's
    /// keyring for a minute, under names that come of them.
    private let seeds = Atomic<UInt64>(UInt64.random(in: 0 ... .max))

    /// - Parameters:
    ///   - config: the text of `~/.aws/config`.
    ///   - credentials: the text of `~/.aws/credentials`.
    ///   - settings: the lines of the section `[warder]`.
    ///   - keepsLog: the store is to know where the log began.
    ///   - environment: variables beside `HOME`, `PATH` and `XDG_RUNTIME_DIR`.
    package init(
        config: String = "", credentials: String = "", settings: String = "", environment: [String: String] = [:],
        clock: TestClock = TestClock(), keepsLog: Bool = false, sender: any HTTPSender & Sendable = ReplayingSender([])
    ) throws {
        // In memory where there is such a place: what is made durable there takes no time, and where the kernel has no
        // keyring, keys lie there.
        let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm/" : NSTemporaryDirectory()
        path = place + "warder-room-" + UUID().uuidString
        let log = AuditLog(LogFolder(path + "/.local/state/warder"), random: .system)
        events = RecordingEvents(log: keepsLog ? log : nil)
        self.clock = clock
        self.sender = sender
        let own = ["HOME": path, "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": path + "/run"]
        variables = Mutex(own.merging(environment) { $1 })
        try write(config, to: ".aws/config")
        try write(credentials, to: ".aws/credentials")
        // The kernel's keyring is small: what a test leaves there goes soon.
        let unlockTime = settings.contains("unlock_time") ? "" : "unlock_time = 2m\n"
        try write("[warder]\n" + unlockTime + settings + "\n", to: ".config/warder/config")
        try FileManager.default.createDirectory(
            atPath: path + "/run", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        if let context = try? context() { forgetUnlocked(Keys(context)) }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Takes away what lies in the kernel's keyring, the marks of locks too, which would lie there for a month: an
    /// ordinary user has room for 200 keys.
    package func forgetUnlocked(_ keys: Keys) {
        try? keys.unlockedState()?.forget()
        guard let store = (try? keys.store()?.head()) ?? nil else { return }
        for mark in ["lock", "release"] {
            for key in ["session-cache", "vault-key"] {
                _ = try? KernelKeyring.remove("warder:\(mark)-of-\(key):\(store.identifier)")
            }
        }
    }

    /// Writes a file, 0600.
    package func write(_ text: String, to file: String) throws {
        let file = path + "/" + file
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try Data(text.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }

    /// The text of a file.
    package func read(_ file: String) throws -> String {
        try String(contentsOfFile: path + "/" + file, encoding: .utf8)
    }

    /// Writes more to the end of a file.
    package func append(_ text: String, to file: String) throws { try write(read(file) + text, to: file) }

    /// Makes a symbolic link.
    package func link(_ file: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path + "/" + file, withDestinationPath: target)
    }

    /// Takes a file away.
    package func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: path + "/" + file) }

    /// Whether any file below `folder` holds `text` in plain sight.
    package func holds(_ text: String, below folder: String = ".cache") throws -> Bool {
        let root = path + "/" + folder
        let files = FileManager.default.enumerator(atPath: root)?.allObjects.compactMap { $0 as? String } ?? []
        return try files.contains { file in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: root + "/" + file, isDirectory: &isFolder), !isFolder.boolValue
            else { return false }
            return try Data(contentsOf: URL(filePath: root + "/" + file)).range(of: Data(text.utf8)) != nil
        }
    }

    /// Sets a variable, or takes it away.
    package func set(_ variable: String, _ value: String?) { variables.withLock { $0[variable] = value } }

    /// What a new process here would stand on.
    package func context(
        noPrompt: Bool = false, isHelper: Bool = false, waits: WaitLimits = .short
    ) throws(Failure) -> Context {
        let variables = variables.withLock { $0 }
        let sender = sender
        var world = World(
            timing: clock.timing, random: seededRandom(seeds.wrappingAdd(1, ordering: .relaxed).newValue),
            terminal: { () throws(TerminalError) in throw .none },
            sender: { (_) throws(TransportError) in sender }, console: console)
        world.machineSettings = RootsFile(path + "/etc/warder/config", owner: geteuid(), below: path)
        world.waits = waits
        // Other tests set variables of this process.
        world.variables = { _ in SecretBytes(capacity: 1) }
        world.events = events
        world.passphraseCost = cheapestCost
        return try Context(
            noPrompt: noPrompt, isHelper: isHelper, environment: Environment { variables[$0] }, world: world)
    }

    /// Makes a vault of these keys that a keyfile opens: no scrypt, and nobody to ask.
    package func makeVault(_ keys: [TestKey] = [TestKey()]) throws {
        let keyfile = String(repeating: "k", count: 64)
        try write(keyfile, to: "keyfile")
        set("WARDER_KEYFILE", path + "/keyfile")
        let random = seededRandom(seeds.wrappingAdd(1, ordering: .relaxed).newValue)
        var vault = try Vault.create(random: random)
        try vault.addKeyfileSlot(secret(keyfile), random: random)
        for key in keys { try vault.add(key.record(at: clock.now)) }
        let paths = try context().paths
        try VaultFile(path: paths.vault, stateFolder: paths.state).create(
            &vault, until: .after(milliseconds: 10_000), random: random)
    }
}

/// A key to be stored.
package struct TestKey: Sendable {
    package var name = "alice"
    package var accessKeyID = "AKIAALICE0000000"
    package var account: String? = "111111111111"
    /// An `otpauth://totp/` address.
    package var seed: String?
    /// The device that the seed is of.
    package var device: String?

    package init(_ name: String = "alice", seed: String? = nil, device: String? = nil) {
        self.name = name
        self.seed = seed
        self.device = device
    }

    struct BadName: Error {}

    /// What is stored.
    package func record(at now: Int64) throws -> AccessKeyRecord {
        guard let name = KeyName(name) else { throw BadName() }
        let summary = AccessKeySummary(
            name: name, accessKeyID: accessKeyID, createdAt: UInt64(now), accountID: account)
        guard let seed else { return AccessKeyRecord(summary, secret: secret("secret-of-" + accessKeyID)) }
        return AccessKeyRecord(
            summary, secret: secret("secret-of-" + accessKeyID),
            totp: StoredSeed(text: secret(seed), device: device))
    }
}

/// 32 MiB, some 50 ms: warder opens no passphrase slot that is cheaper to try.
package let cheapestCost = ScryptCost(logN: 15) ?? .standard

extension WaitLimits {
    /// So short that a test of a wait that ends takes no time to speak of.
    package static var short: WaitLimits {
        var waits = WaitLimits()
        waits.whilePrompting = 3_000
        waits.withoutPrompt = 3_000
        waits.forTokenRenewal = 3_000
        waits.withOldSession = 20
        waits.beforeNotice = 20
        return waits
    }
}
