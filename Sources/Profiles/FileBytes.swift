import Glibc

/// The bytes of a file while they are lent, by offset from its start. Callers must pass offsets inside the file:
/// checking every byte would be half the cost of a scan.
struct FileBytes {
    let base: UnsafeRawPointer
    let count: Int

    @inline(__always)
    subscript(offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

    /// The offset of the line feed that ends the line at `start`, or of the end of the file.
    @inline(__always)
    func lineFeed(from start: Int) -> Int {
        guard let found = memchr(base + start, 0x0A, count &- start) else { return count }
        return UnsafeRawPointer(found) - base
    }

    /// Where a line's content ends: before its line feed, and before the carriage return of a CRLF.
    @inline(__always)
    func contentEnd(from start: Int, lineFeed: Int) -> Int {
        lineFeed > start && self[lineFeed &- 1] == UInt8(ascii: "\r") ? lineFeed &- 1 : lineFeed
    }

    /// The first offset in `start..<end` that is not blank, or `end`.
    @inline(__always)
    func skipBlanks(_ start: Int, _ end: Int) -> Int {
        var offset = start
        while offset < end, isBlank(self[offset]) { offset &+= 1 }
        return offset
    }

    /// The end of `start..<end` without trailing blanks.
    @inline(__always)
    func trimBlanks(_ start: Int, _ end: Int) -> Int {
        var offset = end
        while offset > start, isBlank(self[offset &- 1]) { offset &-= 1 }
        return offset
    }

    /// The offset of a line's `=`, or nil if there is none before a comment. A comment here needs a blank before it.
    @inline(__always)
    func equalsSign(_ start: Int, _ end: Int) -> Int? {
        var offset = start
        while true {
            // Letters and underscores, nearly all of a name, are greater than every byte that matters here.
            while offset &+ 8 <= end {
                let marks = bytesBelow(0x3E, in: word(at: offset))
                if marks != 0 {
                    offset &+= marks.trailingZeroBitCount &>> 3
                    break
                }
                offset &+= 8
            }
            guard offset < end else { return nil }
            let byte = self[offset]
            if byte == UInt8(ascii: "=") { return offset }
            if isCommentMark(byte), offset > start, isBlank(self[offset &- 1]) { return nil }
            offset &+= 1
        }
    }

    /// The offset of the first `#` or `;` in `start..<end`, or `end`.
    @inline(__always)
    func commentMark(_ start: Int, _ end: Int) -> Int {
        var offset = start
        while offset &+ 8 <= end {
            let word = word(at: offset)
            let marks = bytesBelow(1, in: word ^ repeated(0x23)) | bytesBelow(1, in: word ^ repeated(0x3B))
            // The lowest flag is always right; a flag above it may not be.
            if marks != 0 { return offset &+ marks.trailingZeroBitCount &>> 3 }
            offset &+= 8
        }
        while offset < end, !isCommentMark(self[offset]) { offset &+= 1 }
        return offset
    }

    /// Eight bytes, little-endian.
    @inline(__always)
    private func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether `start..<end` holds only blanks and a comment; `start` follows a `=`.
    @inline(__always)
    func isEmptyValue(_ start: Int, _ end: Int) -> Bool {
        let first = skipBlanks(start, end)
        return first == end || (first > start && isCommentMark(self[first]))
    }

    /// The value in `start..<end`, without a comment and surrounding blanks; `start` follows a `=`.
    func value(_ start: Int, _ end: Int) -> Range<Int> {
        let first = skipBlanks(start, end)
        var offset = first
        while offset < end {
            if isCommentMark(self[offset]), isBlank(self[offset &- 1]) { break }
            offset &+= 1
        }
        return first..<trimBlanks(first, offset)
    }

    /// Whether the bytes from `start` on are those of `word`.
    @inline(__always)
    func holds(_ word: UnsafeBufferPointer<UInt8>, at start: Int, to end: Int) -> Bool {
        guard end &- start == word.count else { return false }
        // From the end, where the names of many profiles differ.
        var index = word.count
        while index > 0 {
            index &-= 1
            if self[start &+ index] != word[index] { return false }
        }
        return true
    }

    /// Whether `start..<end` begins with `word` and a blank.
    @inline(__always)
    func begins(with word: StaticString, _ start: Int, _ end: Int) -> Bool {
        let size = word.utf8CodeUnitCount
        return end &- start > size && isBlank(self[start &+ size]) && memcmp(base + start, word.utf8Start, size) == 0
    }

    /// The text of `range`, or nil if it is not UTF-8 or contains a NUL byte.
    func string(_ range: Range<Int>) -> String? {
        guard memchr(base + range.lowerBound, 0, range.count) == nil else { return nil }
        return String(
            validating: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
    }
}

/// A flag in the top bit of each byte of `word` that is below `limit`, which is 128 at most. The lowest flag is right,
/// higher ones may not be; 0 if there is none.
@inline(__always)
private func bytesBelow(_ limit: UInt64, in word: UInt64) -> UInt64 {
    (word &- repeated(limit)) & ~word & repeated(0x80)
}

@inline(__always)
private func repeated(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }

/// The two bytes that count as blanks in these files.
@inline(__always)
func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

@inline(__always)
func isCommentMark(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") }

/// `A`–`Z` as `a`–`z`, every other byte unchanged.
@inline(__always)
func lowercase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

/// The characters in names of profiles and settings: letters, digits and `_ - / . % @ : +`.
package func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"),
        UInt8(ascii: "."), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "+"):
        true
    default: false
    }
}
