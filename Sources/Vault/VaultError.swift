import Crypto
import Fields

/// Why an operation on a vault failed.
public enum VaultError: Error, Equatable, Sendable {
    /// The file does not begin like a vault.
    case notAVault
    /// The vault has a version that this warder does not know.
    case unknownVersion(UInt32)
    /// The file is shorter than its header says.
    case truncated
    /// Bytes differ from what was written: flipped, moved, added, or laid out as no writer does.
    case damaged
    /// The file is, or would become, larger than `VaultHeader.maximumFileSize`.
    case tooLarge
    /// A passphrase slot asks for a scrypt cost outside 15 to 20.
    case unacceptableParameters(logN: UInt8)
    /// The given passphrase, recovery code or key opens no slot of its type, or the slot is damaged: the two cannot be
    /// told apart. For a data key: it is not this vault's, or the file is damaged.
    case wrongPassphrase
    /// The vault has no slot of this type.
    case noSuchSlot(SlotType)
    /// The vault has no slot with this identifier.
    case noSuchSlotIdentifier(String)
    /// A key from another store has `size` bytes instead of 32.
    case unusableKey(size: Int)
    /// A key file has `size` bytes instead of 32 to 8192.
    case unusableKeyfile(size: Int)
    /// The typed text cannot be a recovery code.
    case malformedRecoveryCode
    /// An empty passphrase protects nothing.
    case emptyPassphrase
    /// A vault without a slot could never be opened again.
    case noSlots
    /// A vault has at most eight slots.
    case tooManySlots
    /// The generation has reached its maximum.
    case lastGeneration
    /// A key of this name already exists.
    case nameTaken(KeyName)
    /// There is no key of this name.
    case noSuchKey(KeyName)
    /// libcrypto failed, or random bytes are not available.
    case crypto(CryptoError)
}

/// Runs a libcrypto operation, and converts its error to a vault's.
func crypto<R: ~Copyable>(_ body: () throws(CryptoError) -> R) throws(VaultError) -> R {
    do throws(CryptoError) { return try body() } catch { throw .crypto(error) }
}

/// Reads fields of decrypted plaintext; malformed ones mean damage.
func wellFormed<R: ~Copyable>(_ body: () throws(FieldsError) -> R) throws(VaultError) -> R {
    do throws(FieldsError) { return try body() } catch { throw .damaged }
}
