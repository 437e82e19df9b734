import Fields

/// The positions of the parts of a vault's file, whose lengths are checked to add up exactly.
struct VaultLayout {
    static let saltSize = 32
    static let macSize = 32
    /// The plaintext is padded to a multiple of this, so that the file's size reveals little about its content.
    static let paddingUnit = 256

    let header: VaultHeader
    let slots: [Slot]
    /// The salt of the key that the records are encrypted under.
    let salt: [UInt8]
    /// The ciphertext and its tag; everything before them is their associated data.
    let ciphertext: Range<Int>
    /// The HMAC over everything before it, at the end of the file.
    let mac: Range<Int>

    init(of file: UnsafeRawBufferPointer) throws(VaultError) {
        guard file.count <= VaultHeader.maximumFileSize else { throw .tooLarge }
        var cursor = ByteCursor(file)
        let (identifier, generation) = try VaultHeader.start(&cursor, of: file)
        slots = try Self.slots(&cursor)
        let length: Int
        do throws(FieldsError) {
            salt = try cursor.array(Self.saltSize)
            length = try Int(cursor.uint32())
            let start = cursor.offset
            _ = try cursor.take(length)
            ciphertext = start..<cursor.offset
            _ = try cursor.take(Self.macSize)
            mac = ciphertext.upperBound..<cursor.offset
        } catch { throw .truncated }
        guard cursor.remaining == 0, VaultHeader.generations.contains(generation), Self.isPadded(length) else {
            throw .damaged
        }
        try Self.checkSlots(slots)
        header = VaultHeader(identifier: identifier, generation: generation, slots: slots.map(\.summary))
    }

    private static func slots(_ cursor: inout ByteCursor) throws(VaultError) -> [Slot] {
        var slots: [Slot] = []
        do throws(FieldsError) {
            let count = try cursor.uint8()
            guard (1...VaultHeader.maximumSlots).contains(Int(count)) else { throw .tooLong(tag: 0) }
            for _ in 0..<count {
                let type = SlotType(rawValue: try cursor.uint8())
                let length = try Int(cursor.uint16())
                slots.append(Slot(type: type, body: try cursor.array(length)))
            }
        } catch .truncated { throw .truncated } catch { throw .damaged }
        return slots
    }

    /// Checks that slots of known types have their exact size, and that there is at most one passphrase and one
    /// recovery code.
    private static func checkSlots(_ slots: [Slot]) throws(VaultError) {
        var single: Set<SlotType> = []
        for slot in slots {
            guard let size = WrappedKey.bodySize(of: slot.type) else { continue }
            guard slot.body.count == size else { throw .damaged }
            guard WrappedKey.mayRepeat(slot.type) || single.insert(slot.type).inserted else { throw .damaged }
        }
    }

    private static func isPadded(_ length: Int) -> Bool {
        length > 16 && (length - 16) % paddingUnit == 0
    }
}
