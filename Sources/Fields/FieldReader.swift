import Secrets

/// A tag and a value, lent by the buffer that holds them.
public struct Field {
    /// The most bytes a value may have: 16 MiB, as much as a whole vault.
    public static let maximumLength = 16 << 20

    /// How many bytes precede a field's value: the tag and the length.
    public static let headerSize = 5

    /// The meaning of the value; each format has its own list.
    public let tag: UInt8

    /// The value; valid only inside the closure that lent the bytes.
    public let value: UnsafeRawBufferPointer

    /// The range of the whole field, tag and length included.
    public let range: Range<Int>
}

/// Reads a sequence of fields: tag (one byte), length (four bytes, big-endian), value.
///
/// It borrows the bytes without a lifetime that the compiler could check: the reader and every buffer that it returns
/// are valid only inside the closure that lent the bytes.
///
/// Each look-up by tag walks the whole sequence, so that it also refuses a malformed one. Records have a handful of
/// fields: a table would cost more than the walk.
public struct FieldReader {
    private let bytes: UnsafeRawBufferPointer
    private var cursor: ByteCursor

    /// Starts at the first field of `bytes`.
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        cursor = ByteCursor(bytes)
    }

    /// The tag of the next field, without advancing; nil at the end.
    public var nextTag: UInt8? { cursor.remaining > 0 ? bytes[cursor.offset] : nil }

    /// The offset of the next field.
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

    /// The value of the only field with `tag`, lent; nil if there is none.
    ///
    /// - Throws: `.repeated` if there are two, and `.truncated` or `.tooLong` for any field.
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

    /// A copy of a secret; nil if there is none.
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

    /// Text that is not secret; nil if there is none.
    ///
    /// - Throws: `.notUTF8`, and what `value(_:)` throws.
    public func textIfPresent(_ tag: UInt8) throws(FieldsError) -> String? {
        guard let value = try value(tag) else { return nil }
        guard let text = String(validating: value, as: UTF8.self) else { throw .notUTF8(tag: tag) }
        return text
    }

    /// Text that is not secret.
    ///
    /// - Throws: `.missing`, and what `textIfPresent(_:)` throws.
    public func text(_ tag: UInt8) throws(FieldsError) -> String {
        guard let text = try textIfPresent(tag) else { throw .missing(tag: tag) }
        return text
    }

    /// A number of eight bytes, big-endian; nil if there is none.
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
