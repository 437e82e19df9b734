import Glibc

/// Bytes that must not leak: a key, a passphrase, a session token, or a file that may hold one.
///
/// The only owner type for secrets. It cannot be copied by accident. Its pages are locked in memory as far as the limit
/// allows (`RLIMIT_MEMLOCK`; beyond that they could be swapped out), excluded from core dumps, and wiped over their
/// whole capacity when the value is destroyed.
///
/// Running out of memory traps, as it does for Swift's own collections; callers limit sizes that come from outside
/// before they allocate.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
    private var base: UnsafeMutableRawPointer
    private var mapped: Int

    /// How many bytes are used.
    public private(set) var count: Int

    /// How many bytes fit before the buffer must be moved.
    public var capacity: Int { mapped }

    /// An empty buffer with room for at least `capacity` bytes.
    public init(capacity: Int) {
        (base, mapped) = SecretPages.map(atLeast: capacity)
        count = 0
    }

    /// `count` zero bytes, to be filled in place.
    public init(zeros count: Int) {
        self.init(capacity: count)
        self.count = count
    }

    /// A copy of `bytes`; the caller wipes its own.
    public init(copying bytes: UnsafeRawBufferPointer) {
        self.init(capacity: bytes.count)
        append(bytes)
    }

    /// The UTF-8 form of text that is not secret, to be joined with text that is.
    public init(_ text: StaticString) {
        self.init(copying: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    deinit { SecretPages.unmap(base, mapped) }

    /// Whether it holds no bytes.
    public var isEmpty: Bool { count == 0 }

    /// Lends the bytes for reading.
    @inlinable
    public borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try withUnsafeBytes { (bytes) throws(E) in try body(bytes.bytes) }
    }

    /// Lends the bytes to a C function for reading.
    public borrowing func withUnsafeBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Lends the bytes to a C function for writing in place.
    public mutating func withUnsafeMutableBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeMutableRawBufferPointer(start: base, count: count))
    }

    /// The byte at `index`, which must be below `count`.
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "index out of range")
        return base.load(fromByteOffset: index, as: UInt8.self)
    }

    /// Appends `bytes`, moving to a larger mapping (and wiping the old one) if they do not fit.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(count + bytes.count)
        (base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends the content of another secret.
    public mutating func append(_ other: borrowing SecretBytes) {
        other.withUnsafeBytes { append($0) }
    }

    /// Appends one byte.
    public mutating func append(_ byte: UInt8) {
        reserve(count + 1)
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Appends the UTF-8 form of text that is not secret.
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Grows to `newCount` bytes with zeros, to be filled in place; a smaller count changes nothing.
    public mutating func extend(to newCount: Int) {
        guard newCount > count else { return }
        // The bytes after `count` are already zero: fresh from the kernel, or wiped by `truncate`.
        reserve(newCount)
        count = newCount
    }

    /// Drops the bytes after the first `newCount`, and wipes them.
    public mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "a buffer is only ever shortened")
        explicit_bzero(base + newCount, count - newCount)
        count = newCount
    }

    /// A copy of the bytes in `range`, which must lie inside `0..<count`.
    public borrowing func copy(_ range: Range<Int>) -> SecretBytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range out of bounds")
        return SecretBytes(copying: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// A copy of all bytes.
    public borrowing func copy() -> SecretBytes { copy(0..<count) }

    private mutating func reserve(_ needed: Int) {
        guard needed > mapped else { return }
        let (newBase, newMapped) = SecretPages.map(atLeast: max(needed, 2 * mapped))
        newBase.copyMemory(from: base, byteCount: count)
        SecretPages.unmap(base, mapped)
        (base, mapped) = (newBase, newMapped)
    }
}
