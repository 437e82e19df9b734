import Crypto
import Linux
import Secrets

/// The session-cache key for the processes of one crowd that have the same unattended passphrase: of many that start at
/// once, one derives the vault's key, and the others need not.
///
/// It lies encrypted under what they have in common, for half a minute, and opens nothing for anybody else. No scrypt
/// stands before that: whoever can read it there runs as the user, who has left the passphrase within reach.
public struct SharedUnlock: Sendable {
    private let state: UnlockedState

    /// In seconds: as long as a crowd takes to start on a busy machine.
    private static let time = 30
    private static let saltSize = 32

    /// - Parameters:
    ///   - store: the vault's identifier, in hexadecimal.
    ///   - runtimeFolder: `$XDG_RUNTIME_DIR`, if it is set.
    public init(store: String, runtimeFolder: String?) {
        state = UnlockedState(.sharedUnlock, store: store, runtimeFolder: runtimeFolder)
    }

    /// The session-cache key; nil where nobody who has `proof` opened the vault just now.
    ///
    /// - Parameter proof: what the processes have in common.
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

    /// Leaves the session-cache key to the others. Failing to only costs them the time.
    ///
    /// - Parameter begun: when the opening began that gave the key.
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

    /// Takes it away.
    public func forget() { state.forget() }

    private static func wrappingKey(
        _ proof: borrowing SecretBytes, _ salt: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        try hkdfSHA256(proof, salt: salt, info: purpose, count: 32)
    }

    private static let purpose = Array("warder shared opening v1".utf8)
}
