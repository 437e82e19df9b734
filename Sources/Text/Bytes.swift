// Swift compares and splits a `String` by what a reader sees: canonically equivalent texts are equal, U+212A is `K`, a
// `/` followed by a combining mark is not a `/`, and CR LF is one character. The kernel, file systems and servers
// compare bytes, and so must code that makes decisions or looks things up by their data.

// Inlinable, so that each is compiled for the concrete types: as generics with run-time look-up they cost a warm answer
// 0.4 million instructions and 850 KiB.

extension StringProtocol {
    /// Whether both have the same bytes.
    @inlinable package func isSame(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether its first bytes are those of `prefix`.
    @inlinable package func begins(with prefix: some StringProtocol) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Whether its last bytes are those of `suffix`.
    @inlinable package func ends(with suffix: some StringProtocol) -> Bool {
        utf8.reversed().starts(with: suffix.utf8.reversed())
    }

    /// Whether the bytes of `part` follow one another somewhere in it.
    ///
    /// The standard library's `contains` would link its regular expressions: a megabyte.
    package func includes(_ part: String) -> Bool {
        var part = part
        return part.withUTF8 { part in
            utf8.withContiguousStorageIfAvailable { contain($0, part) }
                ?? Array(utf8).withUnsafeBufferPointer { contain($0, part) }
        }
    }

    /// Whether `byte`, which is ASCII, is among its bytes.
    @inlinable package func holds(_ byte: Unicode.Scalar) -> Bool { utf8.contains(UInt8(ascii: byte)) }
}

extension String {
    /// Whether its first bytes are those of `prefix`.
    @inlinable package func begins(with prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Whether its last bytes are those of `suffix`.
    @inlinable package func ends(with suffix: String) -> Bool { utf8.reversed().starts(with: suffix.utf8.reversed()) }

    /// The text after `prefix`; nil if it does not begin with it.
    @inlinable package func removingPrefix(_ prefix: String) -> Substring? {
        guard begins(with: prefix) else { return nil }
        return Substring(utf8.dropFirst(prefix.utf8.count))
    }
}

extension Sequence where Element: StringProtocol {
    /// Whether `text` is among the elements, compared by bytes.
    @inlinable package func holds(_ text: some StringProtocol) -> Bool { contains { $0.isSame(as: text) } }
}

/// Over buffers: as a generic with run-time look-up it takes microseconds for a name.
private func contain(_ bytes: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = part.first else { return true }
    guard bytes.count >= part.count else { return false }
    for start in 0...(bytes.count - part.count) where bytes[start] == first {
        var index = 1
        while index < part.count, bytes[start + index] == part[index] { index += 1 }
        if index == part.count { return true }
    }
    return false
}

extension Slice<UnsafeRawBufferPointer> {
    /// Whether the text's bytes occur among these.
    package func includes(_ part: String) -> Bool {
        var part = part
        return part.withUTF8 { contain(UnsafeRawBufferPointer(rebasing: self).bindMemory(to: UInt8.self), $0) }
    }
}

/// A text that equals only a text with the same bytes: for sets and dictionary keys.
package struct ByteText: Hashable, Sendable {
    /// The text.
    package let text: String

    /// Keeps the text unchanged.
    package init(_ text: some StringProtocol) { self.text = String(text) }

    package static func == (left: ByteText, right: ByteText) -> Bool { left.text.isSame(as: right.text) }

    @inlinable package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Whether `byte` is a letter from a to z or a digit, in ASCII.
@inlinable package func isLowercaseOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// The part of a path before its last `/`, empty for an entry of the root; nil without a `/`.
@inlinable package func folder(ofPath path: String) -> String? {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
}

/// The part of a path after its last `/`; all of it without one.
@inlinable package func lastPart(ofPath path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
}
