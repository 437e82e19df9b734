import Crypto
import Secrets

/// The body of a slot of a known type: parameters, salt, commitment, and the sealed data key.
struct WrappedKey {
    private static let commitmentSize = 32
    private static let sealedSize = 32 + AEAD.tagSize

    let type: SlotType
    /// logN for a passphrase, empty for the other types.
    let parameters: [UInt8]
    let salt: [UInt8]
    private let commitment: [UInt8]
    private let sealed: [UInt8]

    /// The length of the body of a slot of this type; nil for types that this version cannot open.
    static func bodySize(of type: SlotType) -> Int? {
        let common = VaultLayout.saltSize + commitmentSize + sealedSize
        switch type {
        case .passphrase: return 1 + common
        case .libsecret, .keyfile, .recovery: return common
        default: return nil
        }
    }

    /// Whether a vault may have several slots of this type: each machine that has a copy of the vault has its own
    /// Secret Service or key file.
    static func mayRepeat(_ type: SlotType) -> Bool { type == .libsecret || type == .keyfile }

    /// Parses the body.
    init(_ slot: Slot) throws(VaultError) {
        guard slot.body.count == Self.bodySize(of: slot.type) else { throw .damaged }
        type = slot.type
        let parts = type == .passphrase ? 1 : 0
        parameters = Array(slot.body[..<parts])
        salt = Array(slot.body[parts..<parts + VaultLayout.saltSize])
        let rest = slot.body[(parts + VaultLayout.saltSize)...]
        commitment = Array(rest.prefix(Self.commitmentSize))
        sealed = Array(rest.dropFirst(Self.commitmentSize))
    }

    /// Wraps `dataKey` under `input`: a passphrase stretched by scrypt, or random bytes as they are.
    ///
    /// `salt` must be fresh: the wrapping key is derived from it, and encrypts this one message only.
    init(
        _ dataKey: borrowing SecretBytes, under input: borrowing SecretBytes, type: SlotType, parameters: [UInt8],
        salt: [UInt8], vault: VaultIdentifier
    ) throws(VaultError) {
        let derived = try Self.derive(input, type: type, salt: salt, vault: vault)
        self.type = type
        self.parameters = parameters
        self.salt = salt
        commitment = derived.withUnsafeBytes { Array($0[32...]) }
        let associated = Self.associated(type: type, parameters: parameters, salt: salt, vault: vault)
        sealed = try crypto { () throws(CryptoError) in
            try associated.span.withUnsafeBytes { (associated) throws(CryptoError) in
                try AEAD.seal(dataKey, key: derived.copy(0..<32), associated: associated)
            }
        }
    }

    /// The slot in its encoded form.
    var slot: Slot { Slot(type: type, body: parameters + salt + commitment + sealed) }

    /// Unwraps the data key.
    ///
    /// Checks the commitment first, because AES-GCM alone does not bind its key: an attacker could make a file that
    /// several passphrases open, and test them all at once (Len, Grubbs, Ristenpart, "Partitioning Oracle Attacks").
    ///
    /// - Throws: `.wrongPassphrase`, for a wrong input and for damage alike.
    func unwrap(_ input: borrowing SecretBytes, vault: VaultIdentifier) throws(VaultError) -> SecretBytes {
        let derived = try Self.derive(input, type: type, salt: salt, vault: vault)
        let commits = commitment.span.withUnsafeBytes { stored in
            derived.withUnsafeBytes { equalInConstantTime(stored, UnsafeRawBufferPointer(rebasing: $0[32...])) }
        }
        guard commits else { throw .wrongPassphrase }
        let associated = Self.associated(type: type, parameters: parameters, salt: salt, vault: vault)
        do throws(CryptoError) {
            return try associated.span.withUnsafeBytes { (associated) throws(CryptoError) in
                try sealed.span.withUnsafeBytes { (sealed) throws(CryptoError) in
                    try AEAD.open(sealed, key: derived.copy(0..<32), associated: associated)
                }
            }
        } catch .notAuthentic { throw .wrongPassphrase } catch { throw .crypto(error) }
    }

    /// The wrapping key, followed by the commitment.
    private static func derive(
        _ input: borrowing SecretBytes, type: SlotType, salt: [UInt8], vault: VaultIdentifier
    ) throws(VaultError) -> SecretBytes {
        let info = Array("warder vault v1 slot".utf8) + [type.rawValue] + vault.bytes
        return try crypto { () throws(CryptoError) in try hkdfSHA256(input, salt: salt, info: info, count: 64) }
    }

    private static func associated(
        type: SlotType, parameters: [UInt8], salt: [UInt8], vault: VaultIdentifier
    ) -> [UInt8] {
        VaultHeader.magic + vault.bytes + [type.rawValue] + parameters + salt
    }
}
