import Crypto
import Secrets

extension Vault {
    /// The types of the slots, in the order of the file; some may be of types that this version does not know.
    public var slotTypes: [SlotType] { slots.map(\.type) }

    /// Wraps the data key under a passphrase, in the place of the passphrase before if there was one.
    ///
    /// The data key stays: whoever has an old file and its passphrase reads newer files too.
    ///
    /// - Throws: `.emptyPassphrase`, `.tooManySlots`, `.crypto`.
    public mutating func setPassphrase(
        _ passphrase: borrowing SecretBytes, cost: ScryptCost = .standard, random: RandomSource
    ) throws(VaultError) {
        guard !passphrase.isEmpty else { throw .emptyPassphrase }
        let salt = try crypto { () throws(CryptoError) in try random.bytes(VaultLayout.saltSize) }
        let stretched = try crypto { () throws(CryptoError) in try scrypt(passphrase, salt: salt, cost: cost) }
        let key = try WrappedKey(
            dataKey, under: stretched, type: .passphrase, parameters: [cost.logN], salt: salt, vault: identifier)
        try put(key.slot)
    }

    /// Makes a recovery code, in the place of the one before if there was one; that one no longer opens what is sealed
    /// from now on.
    ///
    /// - Returns: the code as it is printed, `XXXX-XXXX-…`: 39 bytes of ASCII. It is kept nowhere.
    /// - Throws: `.tooManySlots`, `.crypto`.
    public mutating func setRecoveryCode(random: RandomSource) throws(VaultError) -> SecretBytes {
        let code = try crypto { () throws(CryptoError) in try random.secret(RecoveryCode.size) }
        let salt = try crypto { () throws(CryptoError) in try random.bytes(VaultLayout.saltSize) }
        let key = try WrappedKey(
            dataKey, under: code, type: .recovery, parameters: [], salt: salt, vault: identifier)
        try put(key.slot)
        return RecoveryCode.text(of: code)
    }

    /// Removes the slots of this type.
    ///
    /// - Throws: `.noSuchSlot`; `.noSlots` where none would be left.
    public mutating func removeSlots(_ type: SlotType) throws(VaultError) {
        let rest = slots.filter { $0.type != type }
        guard rest.count < slots.count else { throw .noSuchSlot(type) }
        guard !rest.isEmpty else { throw .noSlots }
        slots = rest
    }

    private mutating func put(_ slot: Slot) throws(VaultError) {
        if let index = slots.firstIndex(where: { $0.type == slot.type }) {
            slots[index] = slot
        } else {
            guard slots.count < VaultHeader.maximumSlots else { throw .tooManySlots }
            slots.append(slot)
        }
    }
}
