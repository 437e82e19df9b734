import Crypto
import Linux
import Secrets

/// The session-cache key for many processes that start at once with the same unattended passphrase: one of them derives
/// the vault's key, and the others need not.
///
/// It is stored for half a minute, encrypted under what those processes share, and is useless to any other. It needs no
/// scrypt: a process that can read it runs as the user, who has left the passphrase within its reach.
public struct SharedUnlock: Sendable {
    private let state: UnlockedState

    /// In seconds: as long as many processes take to start on a busy machine.
    private static let time = 30
    private static let saltSize = 32

    /// - Parameters:
    ///   - store: the vault's identifier, in hexadecimal.
    ///   - runtimeFolder: `$XDG_RUNTIME_DIR`, if it is set.
    public init(store: String, runtimeFolder: String?) {
        state = UnlockedState(.sharedUnlock, store: store, runtimeFolder: runtimeFolder)
    }

    /// The session-cache key; nil unless a process with the same `proof` has just opened the vault.
    ///
    /// - Parameter proof: what the processes share.
    public func key(_ proof: borrowing SecretBytes) -> SecretBytes? {
        guard let lying = state.key(), lying.count > Self.saltSize else { return nil }
        let salt = (0..<Self.saltSize).map { lying[$0] }
        guard let key = try? Self.wrappingKey(proof, salt) else { return nil }
        let sealed = lying.copy(Self.saltSize..<lying.count)
        return try? Self.purpose.span.withUnsafeBytes { (purpose) throws(CryptoError) in
            try sealed.withUnsafeBytes { (sealed) throws(CryptoError) in
                try AEAD.open(sealed, key: key, associated: purpose)
            }
        }
    }

    /// Leaves the session-cache key for the other processes. Errors are ignored: they only cost time.
    ///
    /// - Parameter snapshot: taken when the unlocking began that returned the key.
    public func leave(
        _ sessionCacheKey: borrowing SecretBytes, _ proof: borrowing SecretBytes, snapshot: LockSnapshot,
        random: RandomSource
    ) {
        guard let salt = try? random.bytes(Self.saltSize), let key = try? Self.wrappingKey(proof, salt) else { return }
        let sealed = try? Self.purpose.span.withUnsafeBytes { (purpose) throws(CryptoError) in
            try AEAD.seal(sessionCacheKey, key: key, associated: purpose)
        }
        guard let sealed else { return }
        var lying = SecretBytes(capacity: Self.saltSize + sealed.count)
        for byte in salt + sealed { lying.append(byte) }
        try? state.unlock(lying, seconds: Self.time, snapshot: snapshot)
    }

    /// Removes it.
    public func forget() { state.forget() }

    private static func wrappingKey(
        _ proof: borrowing SecretBytes, _ salt: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        try hkdfSHA256(proof, salt: salt, info: purpose, count: 32)
    }

    private static let purpose = Array("warder shared opening v1".utf8)
}
