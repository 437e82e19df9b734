import Crypto
import Secrets

extension Vault {
    /// Opens a vault with its passphrase, byte for byte: it is not normalised, and a line end is not removed.
    ///
    /// Costs as much as scrypt: 0.1 s to several seconds, 32 MiB to 1 GiB of memory.
    ///
    /// - Throws: in this order `.tooLarge`; `.notAVault`, `.unknownVersion`; `.truncated`, `.damaged`;
    ///   `.noSuchSlot`, `.unacceptableParameters`; `.wrongPassphrase`; and `.damaged` again for damage that only shows
    ///   with the key.
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

    /// Opens a vault with its recovery code as the user typed it.
    ///
    /// - Throws: as with a passphrase, `.malformedRecoveryCode` before anything else, `.wrongPassphrase` for the wrong
    ///   code.
    public static func open(
        _ file: UnsafeRawBufferPointer, recoveryCode: borrowing SecretBytes
    ) throws(VaultError) -> Vault {
        return try open(file, .recovery, input: RecoveryCode.bytes(ofText: recoveryCode))
    }

    /// Opens a vault with a key from the Secret Service, by the first of its slots that the key opens.
    ///
    /// - Throws: as with a passphrase, `.unusableKey` before anything else, `.wrongPassphrase` if the key opens none.
    public static func open(
        _ file: UnsafeRawBufferPointer, libsecretKey: borrowing SecretBytes
    ) throws(VaultError) -> Vault {
        try checkKey(libsecretKey)
        return try open(file, .libsecret, input: libsecretKey)
    }

    /// Opens a vault with the contents of a key file, byte for byte, by the first slot that they open.
    ///
    /// - Throws: as with a passphrase, `.unusableKeyfile` before anything else, `.wrongPassphrase` if they open none.
    public static func open(
        _ file: UnsafeRawBufferPointer, keyfile: borrowing SecretBytes
    ) throws(VaultError) -> Vault {
        try checkKeyfile(keyfile)
        return try open(file, .keyfile, input: keyfile)
    }

    /// Opens a vault with its data key, from `copyOfDataKey`.
    ///
    /// No slot holds a commitment to a data key, so a wrong key and a damaged file look the same: the HMAC does not
    /// match. The error is `.wrongPassphrase`, because a vault whose keys were renewed since is the common case, and
    /// opening it through a slot afterwards reports damage.
    ///
    /// - Throws: `.tooLarge`; `.notAVault`, `.unknownVersion`; `.truncated`, `.damaged`; `.wrongPassphrase`; and
    ///   `.damaged` again for malformed records.
    public static func open(
        _ file: UnsafeRawBufferPointer, dataKey: borrowing SecretBytes
    ) throws(VaultError) -> Vault {
        let layout = try VaultLayout(of: file)
        guard dataKey.count == keySize, try isAuthentic(file, layout, dataKey) else { throw .wrongPassphrase }
        return try decrypt(file, layout, dataKey: dataKey.copy())
    }

    private static func wrappedKey(_ type: SlotType, in layout: VaultLayout) throws(VaultError) -> WrappedKey {
        guard let slot = layout.slots.first(where: { $0.type == type }) else { throw .noSuchSlot(type) }
        return try WrappedKey(slot)
    }

    /// Opens a vault by the first slot of this type that `input` opens.
    private static func open(
        _ file: UnsafeRawBufferPointer, _ type: SlotType, input: borrowing SecretBytes
    ) throws(VaultError) -> Vault {
        let layout = try VaultLayout(of: file)
        return try open(file, layout, dataKey: unwrap(type, in: layout, input))
    }

    private static func unwrap(
        _ type: SlotType, in layout: VaultLayout, _ input: borrowing SecretBytes
    ) throws(VaultError) -> SecretBytes {
        var error = VaultError.noSuchSlot(type)
        for slot in layout.slots where slot.type == type {
            do throws(VaultError) {
                return try WrappedKey(slot).unwrap(input, vault: layout.header.identifier)
            } catch let failure {
                error = failure
                guard error == .wrongPassphrase else { break }
            }
        }
        throw error
    }

    /// What follows once a slot has returned the data key: check the HMAC over the file, decrypt the blob, read the
    /// records.
    private static func open(
        _ file: UnsafeRawBufferPointer, _ layout: VaultLayout, dataKey: consuming SecretBytes
    ) throws(VaultError) -> Vault {
        guard try isAuthentic(file, layout, dataKey) else { throw .damaged }
        return try decrypt(file, layout, dataKey: dataKey)
    }

    private static func isAuthentic(
        _ file: UnsafeRawBufferPointer, _ layout: VaultLayout, _ dataKey: borrowing SecretBytes
    ) throws(VaultError) -> Bool {
        let signed = UnsafeRawBufferPointer(rebasing: file[..<layout.mac.lowerBound])
        let mac = try crypto { () throws(CryptoError) in
            try hmacSHA256(key: macKey(dataKey, layout.header.identifier), signed)
        }
        return mac.span.withUnsafeBytes { mac in
            equalInConstantTime(mac, UnsafeRawBufferPointer(rebasing: file[layout.mac]))
        }
    }

    private static func decrypt(
        _ file: UnsafeRawBufferPointer, _ layout: VaultLayout, dataKey: consuming SecretBytes
    ) throws(VaultError) -> Vault {
        let identifier = layout.header.identifier
        let plaintext: SecretBytes
        do throws(CryptoError) {
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
