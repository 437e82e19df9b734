/// A bounds-checked walk over bytes, for what is laid out by position; numbers are big-endian.
///
/// It borrows the bytes without a lifetime that the compiler could check: it, and every buffer it gives out, is
/// good only inside the closure that lent the bytes.
public struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer

    /// How many bytes lie behind.
    public private(set) var offset = 0

    /// Stands before the first of `bytes`.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// How many bytes lie ahead.
    public var remaining: Int { bytes.count - offset }

    /// The next `count` bytes, lent.
    ///
    /// - Throws: `.truncated` where fewer lie ahead.
    public mutating func take(_ count: Int) throws(FieldsError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// A copy of the next `count` bytes, which must be no secret: a salt, a tag.
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
