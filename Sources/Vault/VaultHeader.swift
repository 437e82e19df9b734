import Fields

/// What can be read of a vault without any key. It is unauthenticated until the vault has been opened.
public struct VaultHeader: Equatable, Sendable {
    /// The largest permitted vault: 16 MiB.
    public static let maximumFileSize = 16 << 20

    /// Bytes that `head(ofPrefix:)` needs: magic line, identifier, generation.
    public static let prefixSize = 40

    /// The permitted generations: half of the 64-bit range, so that they fit every language's integers.
    static let generations: ClosedRange<UInt64> = 1...UInt64(Int64.max)

    static let magic = Array("warder-vault v1\n".utf8)
    /// The most slots of a vault.
    public static let maximumSlots = 8

    /// Identifies the vault.
    public let identifier: VaultIdentifier

    /// How many times the vault has been written, starting at 1.
    public let generation: UInt64

    /// Its slots, in file order.
    public let slots: [SlotSummary]

    /// Reads the header of a whole file, and checks the file's structure.
    ///
    /// - Throws: `.notAVault`, `.unknownVersion`, `.truncated`, `.damaged`, `.tooLarge`.
    public init(of file: UnsafeRawBufferPointer) throws(VaultError) {
        self = try VaultLayout(of: file).header
    }

    init(identifier: VaultIdentifier, generation: UInt64, slots: [SlotSummary]) {
        self.identifier = identifier
        self.generation = generation
        self.slots = slots
    }

    /// The vault's name and generation, from the first `prefixSize` bytes of its file.
    ///
    /// - Throws: `.notAVault`, `.unknownVersion`, `.truncated`, `.damaged` for a generation that no writer gives.
    public static func head(
        ofPrefix prefix: UnsafeRawBufferPointer
    ) throws(VaultError) -> (identifier: VaultIdentifier, generation: UInt64) {
        var cursor = ByteCursor(prefix)
        let head = try start(&cursor, of: prefix)
        guard generations.contains(head.generation) else { throw .damaged }
        return head
    }

    /// Reads magic line, identifier and generation; leaves `cursor` at the slot count.
    static func start(
        _ cursor: inout ByteCursor, of bytes: UnsafeRawBufferPointer
    ) throws(VaultError) -> (identifier: VaultIdentifier, generation: UInt64) {
        try checkMagic(bytes)
        do throws(FieldsError) {
            _ = try cursor.take(magic.count)
            let identifier = VaultIdentifier(try cursor.array(VaultIdentifier.size))
            let generation = try cursor.uint64()
            guard let identifier else { throw .truncated }
            return (identifier, generation)
        } catch { throw .truncated }
    }

    /// Whether only a newer version of warder can read the vault in `file`.
    static func isOfNewerVersion(_ file: UnsafeRawBufferPointer) -> Bool {
        do throws(VaultError) { try checkMagic(file) } catch {
            if case .unknownVersion = error { return true }
        }
        return false
    }

    /// Distinguishes a vault of this version, one of another version, a truncated one, and a file that is not a vault.
    private static func checkMagic(_ bytes: UnsafeRawBufferPointer) throws(VaultError) {
        if bytes.starts(with: magic) { return }
        if magic.starts(with: bytes) { throw .truncated }
        let name = magic.prefix(14)
        guard bytes.starts(with: name) else { throw .notAVault }
        var version: UInt32 = 0
        for byte in bytes.dropFirst(name.count).prefix(10) {
            switch byte {
            case UInt8(ascii: "1")...UInt8(ascii: "9"),
                UInt8(ascii: "0") where version > 0:
                let (next, tooLarge) = version.multipliedReportingOverflow(by: 10)
                guard !tooLarge, next <= 999_999_999 else { throw .notAVault }
                version = next + UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "\n") where version > 0: throw .unknownVersion(version)
            default: throw .notAVault
            }
        }
        throw .notAVault
    }
}
