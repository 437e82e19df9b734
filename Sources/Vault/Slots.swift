import Crypto
import Secrets

extension Vault {
    /// The types of the slots, in file order; this version may not know some of them.
    public var slotTypes: [SlotType] { slots.map(\.type) }

    /// The public part of each slot, in file order.
    public var slotSummaries: [SlotSummary] { slots.map(\.summary) }

    /// Wraps the data key under a passphrase, replacing the previous passphrase if there was one.
    ///
    /// The data key stays the same: an old file together with its passphrase still gives access to newer files.
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

    /// Makes a recovery code, replacing the previous one if there was one, which no longer opens what is sealed from
    /// now on.
    ///
    /// - Returns: the code as it is printed, `XXXX-XXXX-…`: 39 bytes of ASCII. warder stores it nowhere.
    /// - Throws: `.tooManySlots`, `.crypto`.
    public mutating func setRecoveryCode(random: RandomSource) throws(VaultError) -> SecretBytes {
        let code = try crypto { () throws(CryptoError) in try random.secret(RecoveryCode.size) }
        try put(wrap(under: code, type: .recovery, random: random))
        return RecoveryCode.text(of: code)
    }

    /// Adds a slot for a key in the Secret Service.
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

    /// Whether the contents of a key file open one of the slots.
    public borrowing func opens(keyfile contents: borrowing SecretBytes) -> Bool {
        for slot in slots where slot.type == .keyfile {
            if let key = try? WrappedKey(slot).unwrap(contents, vault: identifier), !key.isEmpty { return true }
        }
        return false
    }

    /// Adds a slot for a key file.
    ///
    /// The bytes are used as they are, without scrypt: they must be random. An attacker guesses a text that a person
    /// made up as fast as HKDF runs.
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

    /// Removes the slot with this identifier. Its key together with an older file still gives access to newer files,
    /// until the keys are renewed.
    ///
    /// - Throws: `.noSuchSlotIdentifier`; `.noSlots` if no slot would be left.
    public mutating func removeSlot(_ identifier: String) throws(VaultError) {
        // Slots of unknown types have an empty identifier, which must not match.
        let rest = slots.filter { identifier.isEmpty || $0.summary.identifier != identifier }
        guard rest.count < slots.count else { throw .noSuchSlotIdentifier(identifier) }
        guard !rest.isEmpty else { throw .noSlots }
        slots = rest
    }

    /// Removes the slots of this type.
    ///
    /// - Throws: `.noSuchSlot`; `.noSlots` if no slot would be left.
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

    /// A slot for random bytes, which need no stretching.
    private borrowing func wrap(
        under input: borrowing SecretBytes, type: SlotType, random: RandomSource
    ) throws(VaultError) -> Slot {
        let salt = try crypto { () throws(CryptoError) in try random.bytes(VaultLayout.saltSize) }
        return try WrappedKey(dataKey, under: input, type: type, parameters: [], salt: salt, vault: identifier).slot
    }
}
