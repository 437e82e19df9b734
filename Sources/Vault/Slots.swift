import Crypto
import Secrets

extension Vault {
    /// The types of the slots, in the order of the file; some may be of types that this version does not know.
    public var slotTypes: [SlotType] { slots.map(\.type) }

    /// What may be shown of each slot, in the order of the file.
    public var slotSummaries: [SlotSummary] { slots.map(\.summary) }

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
        try put(wrap(under: code, type: .recovery, random: random))
        return RecoveryCode.text(of: code)
    }

    /// Adds a slot for a key that the Secret Service holds.
    ///
    /// - Parameter key: 32 random bytes.
    /// - Returns: the slot's identifier.
    /// - Throws: `.unusableKey`, `.tooManySlots`, `.crypto`.
    @discardableResult
    public mutating func addLibsecretSlot(
        _ key: borrowing SecretBytes, random: RandomSource
    ) throws(VaultError) -> String {
        try Self.checkKey(key)
        return try append(wrap(under: key, type: .libsecret, random: random))
    }

    /// Whether one of the slots opens with what is in a file.
    public borrowing func opens(keyfile contents: borrowing SecretBytes) -> Bool {
        for slot in slots where slot.type == .keyfile {
            if let key = try? WrappedKey(slot).unwrap(contents, vault: identifier), !key.isEmpty { return true }
        }
        return false
    }

    /// Adds a slot for a key file.
    ///
    /// The bytes are taken as they are, without scrypt: they must be random. A file of text that somebody thought up is
    /// guessed as fast as HKDF runs.
    ///
    /// - Parameter contents: 32 to 8192 bytes.
    /// - Returns: the slot's identifier.
    /// - Throws: `.unusableKeyfile`, `.tooManySlots`, `.crypto`.
    @discardableResult
    public mutating func addKeyfileSlot(
        _ contents: borrowing SecretBytes, random: RandomSource
    ) throws(VaultError) -> String {
        try Self.checkKeyfile(contents)
        return try append(wrap(under: contents, type: .keyfile, random: random))
    }

    /// Removes the slot with this identifier. Whoever kept its key and an older file reads newer files too, until the
    /// keys are renewed.
    ///
    /// - Throws: `.noSuchSlotIdentifier`; `.noSlots` where none would be left.
    public mutating func removeSlot(_ identifier: String) throws(VaultError) {
        // Slots of unknown types have an empty identifier: nobody means them by it.
        let rest = slots.filter { identifier.isEmpty || $0.summary.identifier != identifier }
        guard rest.count < slots.count else { throw .noSuchSlotIdentifier(identifier) }
        guard !rest.isEmpty else { throw .noSlots }
        slots = rest
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
            _ = try append(slot)
        }
    }

    private mutating func append(_ slot: Slot) throws(VaultError) -> String {
        guard slots.count < VaultHeader.maximumSlots else { throw .tooManySlots }
        slots.append(slot)
        return slot.summary.identifier
    }

    /// A slot of random bytes that need no stretching.
    private borrowing func wrap(
        under input: borrowing SecretBytes, type: SlotType, random: RandomSource
    ) throws(VaultError) -> Slot {
        let salt = try crypto { () throws(CryptoError) in try random.bytes(VaultLayout.saltSize) }
        return try WrappedKey(dataKey, under: input, type: type, parameters: [], salt: salt, vault: identifier).slot
    }
}
