import Secrets

/// A tag and a value, lent by the buffer that holds them.
public struct Field {
    /// The most bytes a value may have: 16 MiB, as much as a whole vault.
    public static let maximumLength = 16 << 20

    /// Bytes that a field has before its value: the tag and the length.
    public static let headerSize = 5

    /// What the value is; each format has its own list.
    public let tag: UInt8

    /// The value; good only inside the closure that lent the bytes.
    public let value: UnsafeRawBufferPointer

    /// Where the whole field stands, tag and length included.
    public let range: Range<Int>
}

/// Reads a sequence of fields: tag (one byte), length (four bytes, big-endian), value.
///
/// It borrows the bytes without a lifetime that the compiler could check: it, and every buffer it gives out, is
/// good only inside the closure that lent the bytes.
///
/// The look-ups by tag walk the whole sequence each time, so that each of them also refuses a sequence that is
/// not well formed. Records have a handful of fields: a table would cost more than the walk.
public struct FieldReader {
    private let bytes: UnsafeRawBufferPointer
    private var cursor: ByteCursor

    /// Stands before the first field of `bytes`.
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        cursor = ByteCursor(bytes)
    }

    /// The tag of the next field, without moving; nil at the end.
    public var nextTag: UInt8? { cursor.remaining > 0 ? bytes[cursor.offset] : nil }

    /// Where the next field begins.
    public var offset: Int { cursor.offset }

    /// The next field; nil at the end.
    ///
    /// - Throws: `.truncated`, `.tooLong`.
    public mutating func next() throws(FieldsError) -> Field? {
        guard cursor.remaining > 0 else { return nil }
        let start = cursor.offset
        let tag = try cursor.uint8()
        let length = try Int(cursor.uint32())
        guard length <= Field.maximumLength else { throw .tooLong(tag: tag) }
        let value = try cursor.take(length)
        return Field(tag: tag, value: value, range: start..<cursor.offset)
    }

    /// The value of the one field with `tag`, lent; nil where there is none.
    ///
    /// - Throws: `.repeated` where there are two, and `.truncated` or `.tooLong` for any field.
    public func value(_ tag: UInt8) throws(FieldsError) -> UnsafeRawBufferPointer? {
        var reader = FieldReader(bytes)
        var found: UnsafeRawBufferPointer?
        while let field = try reader.next() {
            guard field.tag == tag else { continue }
            guard found == nil else { throw .repeated(tag: tag) }
            found = field.value
        }
        return found
    }

    /// A copy of a secret; nil where there is none.
    public func secretIfPresent(_ tag: UInt8) throws(FieldsError) -> SecretBytes? {
        guard let value = try value(tag) else { return nil }
        return SecretBytes(copying: value)
    }

    /// A copy of a secret.
    ///
    /// - Throws: `.missing`, and what `value(_:)` throws.
    public func secret(_ tag: UInt8) throws(FieldsError) -> SecretBytes {
        guard let value = try value(tag) else { throw .missing(tag: tag) }
        return SecretBytes(copying: value)
    }

    /// Text that is no secret; nil where there is none.
    ///
    /// - Throws: `.notUTF8`, and what `value(_:)` throws.
    public func textIfPresent(_ tag: UInt8) throws(FieldsError) -> String? {
        guard let value = try value(tag) else { return nil }
        guard let text = String(validating: value, as: UTF8.self) else { throw .notUTF8(tag: tag) }
        return text
    }

    /// Text that is no secret.
    ///
    /// - Throws: `.missing`, and what `textIfPresent(_:)` throws.
    public func text(_ tag: UInt8) throws(FieldsError) -> String {
        guard let text = try textIfPresent(tag) else { throw .missing(tag: tag) }
        return text
    }

    /// A number of eight bytes, big-endian; nil where there is none.
    ///
    /// - Throws: `.wrongWidth`, and what `value(_:)` throws.
    public func uint64IfPresent(_ tag: UInt8) throws(FieldsError) -> UInt64? {
        guard let value = try value(tag) else { return nil }
        guard value.count == 8 else { throw .wrongWidth(tag: tag) }
        return UInt64(bigEndian: value.loadUnaligned(as: UInt64.self))
    }

    /// A number of eight bytes, big-endian.
    ///
    /// - Throws: `.missing`, and what `uint64IfPresent(_:)` throws.
    public func uint64(_ tag: UInt8) throws(FieldsError) -> UInt64 {
        guard let number = try uint64IfPresent(tag) else { throw .missing(tag: tag) }
        return number
    }
}
