/// A bounds-checked walk over bytes in a fixed layout; numbers are big-endian.
///
/// It borrows the bytes without a lifetime that the compiler could check: the cursor and every buffer that it returns
/// are valid only inside the closure that lent the bytes.
public struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer

    /// How many bytes have been read.
    public private(set) var offset = 0

    /// Starts at the first of `bytes`.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// How many bytes are left.
    public var remaining: Int { bytes.count - offset }

    /// The next `count` bytes, lent.
    ///
    /// - Throws: `.truncated` if fewer are left.
    public mutating func take(_ count: Int) throws(FieldsError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// A copy of the next `count` bytes, which must not be secret: a salt, a tag.
    public mutating func array(_ count: Int) throws(FieldsError) -> [UInt8] { try Array(take(count)) }

    /// The next byte.
    public mutating func uint8() throws(FieldsError) -> UInt8 { try take(1)[0] }

    /// The next two bytes.
    public mutating func uint16() throws(FieldsError) -> UInt16 {
        try UInt16(bigEndian: take(2).loadUnaligned(as: UInt16.self))
    }

    /// The next four bytes.
    public mutating func uint32() throws(FieldsError) -> UInt32 {
        try UInt32(bigEndian: take(4).loadUnaligned(as: UInt32.self))
    }

    /// The next eight bytes.
    public mutating func uint64() throws(FieldsError) -> UInt64 {
        try UInt64(bigEndian: take(8).loadUnaligned(as: UInt64.self))
    }
}
