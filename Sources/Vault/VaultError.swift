import Crypto
import Fields

/// What can go wrong with a vault.
public enum VaultError: Error, Equatable, Sendable {
    /// The file does not begin as a vault does.
    case notAVault
    /// A vault of a version that this warder does not know.
    case unknownVersion(UInt32)
    /// The file ends before what it announces.
    case truncated
    /// Bytes are not what was written: flipped, moved, added, or laid out in a way that no writer does.
    case damaged
    /// The file is, or would become, larger than `VaultHeader.maximumFileSize`.
    case tooLarge
    /// A passphrase slot asks for a scrypt cost outside 15 to 20.
    case unacceptableParameters(logN: UInt8)
    /// What was given (passphrase, recovery code, key) opens no slot of its type, or the slot is damaged: which, nobody
    /// can tell. Of a data key: it is not the vault's, or the file is damaged.
    case wrongPassphrase
    /// The vault has no slot of this type.
    case noSuchSlot(SlotType)
    /// The vault has no slot with this identifier.
    case noSuchSlotIdentifier(String)
    /// A key from another store must have 32 bytes, and has `size`.
    case unusableKey(size: Int)
    /// A key file must have 32 to 8192 bytes, and has `size`.
    case unusableKeyfile(size: Int)
    /// What was typed cannot be a recovery code.
    case malformedRecoveryCode
    /// An empty passphrase protects nothing.
    case emptyPassphrase
    /// A vault without a slot could never be opened again.
    case noSlots
    /// A vault has eight slots at most.
    case tooManySlots
    /// The generation cannot grow any more.
    case lastGeneration
    /// A key of this name is there already.
    case nameTaken(KeyName)
    /// There is no key of this name.
    case noSuchKey(KeyName)
    /// libcrypto refused, or there are no random bytes.
    case crypto(CryptoError)
}

/// Runs what libcrypto does, and gives its error as the vault's.
func crypto<R: ~Copyable>(_ body: () throws(CryptoError) -> R) throws(VaultError) -> R {
    do throws(CryptoError) { return try body() } catch { throw .crypto(error) }
}

/// Reads fields of the decrypted plaintext, where anything not well formed is damage.
func wellFormed<R: ~Copyable>(_ body: () throws(FieldsError) -> R) throws(VaultError) -> R {
    do throws(FieldsError) { return try body() } catch { throw .damaged }
}
