import Crypto
import Secrets

extension Vault {
    /// Opens a vault with its passphrase, the bytes as given: no normalisation, no end of line taken off.
    ///
    /// Takes what scrypt takes: 0.1 s to several seconds, 32 MiB to 1 GiB of memory.
    ///
    /// - Throws: in this order `.tooLarge`; `.notAVault`, `.unknownVersion`; `.truncated`, `.damaged`;
    ///   `.noSuchSlot`, `.unacceptableParameters`; `.wrongPassphrase`; and `.damaged` again for what only the key
    ///   can tell.
    public static func open(
        _ file: UnsafeRawBufferPointer, passphrase: borrowing SecretBytes
    ) throws(VaultError) -> Vault {
        let layout = try VaultLayout(of: file)
        let key = try wrappedKey(.passphrase, in: layout)
        guard let cost = ScryptCost(logN: key.parameters[0]) else {
            throw .unacceptableParameters(logN: key.parameters[0])
        }
        let stretched = try crypto { () throws(CryptoError) in try scrypt(passphrase, salt: key.salt, cost: cost) }
        return try open(file, layout, dataKey: key.unwrap(stretched, vault: layout.header.identifier))
    }

    /// Opens a vault with its recovery code as somebody typed it.
    ///
    /// - Throws: as with a passphrase, `.malformedRecoveryCode` before anything else, `.wrongPassphrase` for a code
    ///   that does not fit.
    public static func open(
        _ file: UnsafeRawBufferPointer, recoveryCode: borrowing SecretBytes
    ) throws(VaultError) -> Vault {
        let code = try RecoveryCode.bytes(ofText: recoveryCode)
        let layout = try VaultLayout(of: file)
        let key = try wrappedKey(.recovery, in: layout)
        return try open(file, layout, dataKey: key.unwrap(code, vault: layout.header.identifier))
    }

    private static func wrappedKey(_ type: SlotType, in layout: VaultLayout) throws(VaultError) -> WrappedKey {
        guard let slot = layout.slots.first(where: { $0.type == type }) else { throw .noSuchSlot(type) }
        return try WrappedKey(slot)
    }

    /// What follows once the data key is there: the HMAC over the file, the blob, the records.
    private static func open(
        _ file: UnsafeRawBufferPointer, _ layout: VaultLayout, dataKey: consuming SecretBytes
    ) throws(VaultError) -> Vault {
        let identifier = layout.header.identifier
        let plaintext: SecretBytes
        do throws(CryptoError) {
            let signed = UnsafeRawBufferPointer(rebasing: file[..<layout.mac.lowerBound])
            let mac = try hmacSHA256(key: macKey(dataKey, identifier), signed)
            let fits = mac.span.withUnsafeBytes { mac in
                equalInConstantTime(mac, UnsafeRawBufferPointer(rebasing: file[layout.mac]))
            }
            guard fits else { throw .notAuthentic }
            plaintext = try AEAD.open(
                UnsafeRawBufferPointer(rebasing: file[layout.ciphertext]),
                key: recordsKey(dataKey, identifier, salt: layout.salt),
                associated: UnsafeRawBufferPointer(rebasing: file[..<layout.ciphertext.lowerBound]))
        } catch .notAuthentic { throw .damaged } catch { throw .crypto(error) }
        return Vault(
            identifier: identifier, generation: layout.header.generation, slots: layout.slots,
            records: try Records(plaintext: plaintext), dataKey: dataKey)
    }

    static func macKey(
        _ dataKey: borrowing SecretBytes, _ identifier: VaultIdentifier
    ) throws(CryptoError) -> SecretBytes {
        let info = Array("warder vault v1 mac".utf8)
        return try hkdfSHA256(dataKey, salt: identifier.bytes, info: info, count: keySize)
    }

    static func recordsKey(
        _ dataKey: borrowing SecretBytes, _ identifier: VaultIdentifier, salt: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        let info = Array("warder vault v1 records".utf8) + identifier.bytes
        return try hkdfSHA256(dataKey, salt: salt, info: info, count: keySize)
    }
}
