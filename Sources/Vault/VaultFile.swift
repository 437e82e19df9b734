import Crypto
import Glibc
import Linux
import Secrets
import Text

/// Why an operation on the vault's file failed.
public enum VaultFileError: Error, Equatable, Sendable {
    /// There is no vault at this path.
    case absent(path: String)
    /// There already is a vault at this path.
    case exists(path: String)
    /// The file or its folder could not be used.
    case file(FileError)
    /// Its lock could not be acquired.
    case lock(LockError)
    /// The vault itself failed.
    case vault(VaultError, path: String)
    /// The file's generation is older than one seen here before: an old copy was put in its place.
    case older(generation: UInt64, seen: UInt64, path: String)
    /// A last seen generation was recorded, and the record is unreadable.
    case unknownGeneration(SeenGenerationError, path: String)
    /// A newer version noted what is left to do.
    case newerNote(path: String)
}

/// Opens a vault from its bytes, with a passphrase, a recovery code, or any other key of its slots.
public typealias VaultOpener = (UnsafeRawBufferPointer) throws(VaultError) -> Vault

/// What came of a change to the vault.
public enum VaultChange<Refusal: Error>: ~Copyable {
    /// The vault as it was written.
    case written(Vault)
    /// What was to change it failed; the file is as it was.
    case refused(Refusal)

    /// The vault as it was written.
    ///
    /// - Throws: why it was not.
    public consuming func get() throws(Refusal) -> Vault {
        switch consume self {
        case .written(let vault): return vault
        case .refused(let refusal): throw refusal
        }
    }
}

/// The file that a vault lives in.
///
/// A process that opens the vault or writes it holds an exclusive lock on `<path>.lock`, and reads the file under it.
/// The previous file is kept as `<path>.bak`, and the new one replaces it by a rename that is durable before the lock
/// is released: a crash at any moment leaves the old vault or the new one. The lock also covers deriving a key from a
/// passphrase, so that a hundred processes at once do not need a hundred times the memory. If the lock file can be
/// neither written nor created, the vault is still read, without a lock.
public struct VaultFile: Sendable {
    /// The suffix of the previous generation, beside the vault.
    static let previous = ".bak"
    /// The suffix of a vault that a backup replaced.
    static let replaced = ".replaced"

    /// `$XDG_DATA_HOME/warder/vault`.
    public let path: String
    let generations: SeenGenerations

    /// The vault at `path`; nothing is read yet.
    ///
    /// - Parameter stateFolder: `$XDG_STATE_HOME/warder`, where the last generation seen is recorded.
    public init(path: String, stateFolder: String) {
        self.path = path
        generations = SeenGenerations(folder: stateFolder)
    }

    /// The vault's identifier and generation, read at once, without a key or a lock; nil where there is no vault.
    public func head() throws(VaultFileError) -> (identifier: VaultIdentifier, generation: UInt64)? {
        guard let prefix = try prefix() else { return nil }
        do throws(VaultError) {
            return try prefix.span.withUnsafeBytes { (prefix) throws(VaultError) in
                try VaultHeader.head(ofPrefix: prefix)
            }
        } catch { throw .vault(error, path: path) }
    }

    /// The vault's slots, read without a key or a lock; nil if there is no vault.
    public func slots() throws(VaultFileError) -> [SlotSummary]? {
        do throws(VaultFileError) {
            let bytes = try bytes()
            do throws(VaultError) {
                return try bytes.withUnsafeBytes { (bytes) throws(VaultError) in try VaultHeader(of: bytes).slots }
            } catch { throw .vault(error, path: path) }
        } catch .absent { return nil } catch { throw error }
    }

    /// Opens the vault.
    public func open(until deadline: Deadline, _ opener: VaultOpener) throws(VaultFileError) -> Vault {
        let lock = try lockToRead(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        return try open(try bytes(), opener, acceptingOlder: false)
    }

    /// Opens the vault, unless another process has done the work meanwhile: nil then.
    ///
    /// - Parameters:
    ///   - isDone: called once the lock is acquired; whether the work is done already.
    ///   - finish: does the work with the open vault, before the lock is released.
    public func open(
        until deadline: Deadline, unless isDone: () -> Bool, _ opener: VaultOpener,
        finish: (borrowing Vault) -> Void
    ) throws(VaultFileError) -> Vault? {
        let lock = try lockToRead(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        if isDone() { return nil }
        let vault = try open(try bytes(), opener, acceptingOlder: false)
        finish(vault)
        return vault
    }

    /// Opens the vault and, if its generation is older than one seen before, accepts it as the current one.
    public func acceptOlder(until deadline: Deadline, _ opener: VaultOpener) throws(VaultFileError) -> Vault {
        let lock = try lockToRead(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        return try open(try bytes(), opener, acceptingOlder: true)
    }

    /// Writes a new vault if there is none.
    public func create(
        _ vault: inout Vault, until deadline: Deadline, random: RandomSource
    ) throws(VaultFileError) {
        let lock = try lock(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        guard try prefix() == nil else { throw .exists(path: path) }
        try setAsidePrevious()
        try write(&vault, random: random)
    }

    /// Keeps the copy of a vault that is gone, which the next change would replace.
    private func setAsidePrevious() throws(VaultFileError) {
        guard !fileExists(path + Self.replaced),
            let copy = try? readPrivateFile(previousPath, limit: VaultHeader.maximumFileSize),
            exteriorOfPrevious() != nil || copy.withUnsafeBytes(VaultHeader.isOfNewerVersion)
        else { return }
        try keep(copy, as: Self.replaced)
    }

    /// Opens the vault, lets `body` change it, and writes it, unless `body` throws.
    public func change<Refusal>(
        until deadline: Deadline, random: RandomSource, _ opener: VaultOpener,
        _ body: (inout Vault) throws(Refusal) -> Void
    ) throws(VaultFileError) -> VaultChange<Refusal> {
        let lock = try lock(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        let before = try bytes()
        var vault = try open(before, opener, acceptingOlder: false)
        do throws(Refusal) { try body(&vault) } catch { return .refused(error) }
        // Sealed first: if sealing fails, the copy before is still there.
        let after = try sealed(&vault, random: random)
        try keep(before)
        try put(after, as: vault)
        return .written(vault)
    }

    /// The vault's bytes as they are, encrypted, for a backup.
    public func copy(until deadline: Deadline) throws(VaultFileError) -> SecretBytes {
        let lock = try lockToRead(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        return try bytes()
    }

    /// Replaces the vault with a backup, as the next generation: the user means to restore, so this is not a roll-back.
    ///
    /// - Parameter source: the backup's path.
    public func restore(
        _ backup: borrowing SecretBytes, from source: String, until deadline: Deadline, random: RandomSource,
        _ opener: VaultOpener
    ) throws(VaultFileError) -> Vault {
        let lock = try lock(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        if backup.withUnsafeBytes(VaultHeader.isOfNewerVersion) {
            do throws(VaultError) {
                _ = try backup.withUnsafeBytes { (bytes) throws(VaultError) in try VaultHeader(of: bytes) }
            } catch { throw .vault(error, path: source) }
        }
        var vault = try open(backup, opener, acceptingOlder: true)
        // An unreadable record is replaced: the user who restores says which vault is meant.
        var newest = ((try? generations.seen(vault.identifier)) ?? nil) ?? 0
        if try prefix() != nil {
            let present = try bytes()
            // Not as `.bak`: that may be the very copy being restored, and the present vault may be damaged.
            try keep(present, as: Self.replaced)
            if let header = present.withUnsafeBytes({ try? VaultHeader(of: $0) }), header.identifier == vault.identifier
            {
                newest = max(newest, header.generation)
            }
        }
        vault.raiseGeneration(to: newest)
        try write(&vault, random: random)
        return vault
    }

    // MARK: - Under the lock

    func open(
        _ bytes: borrowing SecretBytes, _ opener: VaultOpener, acceptingOlder: Bool
    ) throws(VaultFileError) -> Vault {
        let vault: Vault
        do throws(VaultError) {
            vault = try bytes.withUnsafeBytes { (bytes) throws(VaultError) in try opener(bytes) }
        } catch { throw .vault(error, path: path) }
        try refuseOlder(vault.identifier, acceptingOlder ? .max : vault.generation)
        generations.note(vault.identifier, vault.generation)
        return vault
    }

    func refuseOlder(_ vault: VaultIdentifier, _ generation: UInt64) throws(VaultFileError) {
        let seen: UInt64?
        do throws(SeenGenerationError) { seen = try generations.seen(vault) } catch {
            // Whatever the user accepts: the newer version will want to know what it noted.
            if generation == .max, !error.isNewer { return }
            throw .unknownGeneration(error, path: path)
        }
        if let seen, seen > generation { throw .older(generation: generation, seen: seen, path: path) }
    }

    private func write(_ vault: inout Vault, random: RandomSource) throws(VaultFileError) {
        try put(sealed(&vault, random: random), as: vault)
    }

    func sealed(_ vault: inout Vault, random: RandomSource) throws(VaultFileError) -> [UInt8] {
        do throws(VaultError) { return try vault.seal(random: random) } catch { throw .vault(error, path: path) }
    }

    private func put(_ file: [UInt8], as vault: borrowing Vault) throws(VaultFileError) {
        do throws(SystemError) {
            try file.span.withUnsafeBytes { (file) throws(SystemError) in
                try writeAtomically(file, to: path, .durable)
            }
        } catch { throw .file(.system(error)) }
        generations.note(vault.identifier, vault.generation)
    }

    /// Keeps a copy of the present vault beside it.
    private func keep(_ bytes: borrowing SecretBytes, as ending: String = Self.previous) throws(VaultFileError) {
        do throws(SystemError) {
            try bytes.withUnsafeBytes { (bytes) throws(SystemError) in
                try writeAtomically(bytes, to: path + ending, .durable)
            }
        } catch { throw .file(.system(error)) }
    }

    func bytes() throws(VaultFileError) -> SecretBytes {
        do throws(FileError) { return try readPrivateFile(path, limit: VaultHeader.maximumFileSize) } catch {
            throw error.isAbsence ? .absent(path: path) : .file(error)
        }
    }

    private func prefix() throws(VaultFileError) -> [UInt8]? {
        do throws(FileError) {
            let file = try openPrivateFile(path, O_RDONLY)
            return try file.read(upTo: VaultHeader.prefixSize)
        } catch {
            if error.isAbsence { return nil }
            throw .file(error)
        }
    }

    private func lockToRead(until deadline: Deadline) throws(VaultFileError) -> BestEffortLock {
        do throws(LockError) {
            return try BestEffortLock.acquire(path + ".lock", making: folder, until: deadline)
        } catch { throw .lock(error) }
    }

    private var folder: String? { Text.folder(ofPath: path) }

    func lock(until deadline: Deadline) throws(VaultFileError) -> FileLock {
        do throws(FileError) { if let folder { try makePrivateFolder(folder) } } catch { throw .file(error) }
        do throws(LockError) { return try FileLock.acquire(path + ".lock", until: deadline) } catch {
            throw .lock(error)
        }
    }
}

extension Vault {
    /// Makes the next generation at least the one after `other`: a restored vault must not look older than what it
    /// replaces.
    fileprivate mutating func raiseGeneration(to other: UInt64) { generation = max(generation, other) }
}
