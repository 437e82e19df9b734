import Crypto
import Secrets

extension Vault {
    /// The vault as a file of the next generation, its records encrypted under a key that is used only once.
    ///
    /// Increments `generation`, so that sealing again produces yet another generation; if it throws, the vault is
    /// unchanged.
    ///
    /// - Throws: `.noSlots`, `.lastGeneration`, `.tooLarge`, `.crypto`.
    public mutating func seal(random: RandomSource) throws(VaultError) -> [UInt8] {
        guard !slots.isEmpty else { throw .noSlots }
        guard generation < VaultHeader.generations.upperBound else { throw .lastGeneration }
        let file = try crypto { () throws(CryptoError) in
            try sealed(generation: generation + 1, salt: random.bytes(VaultLayout.saltSize))
        }
        guard file.count <= VaultHeader.maximumFileSize else { throw .tooLarge }
        generation += 1
        return file
    }

    private borrowing func sealed(generation: UInt64, salt: [UInt8]) throws(CryptoError) -> [UInt8] {
        let plaintext = records.padded()
        var file = VaultHeader.magic + identifier.bytes
        file += bigEndian(generation)
        file.append(UInt8(slots.count))
        for slot in slots {
            file.append(slot.type.rawValue)
            file += bigEndian(UInt16(slot.body.count))
            file += slot.body
        }
        file += salt
        file += bigEndian(UInt32(plaintext.count + AEAD.tagSize))
        let key = try Self.recordsKey(dataKey, identifier, salt: salt)
        file += try file.span.withUnsafeBytes { (head) throws(CryptoError) in
            try AEAD.seal(plaintext, key: key, associated: head)
        }
        let macKey = try Self.macKey(dataKey, identifier)
        file += try file.span.withUnsafeBytes { (file) throws(CryptoError) in try hmacSHA256(key: macKey, file) }
        return file
    }
}

private func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}
