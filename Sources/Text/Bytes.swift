// A `String` is compared and cut as a reader sees it: texts that are canonically equivalent are equal, U+212A is `K`, a
// `/` with a combining mark behind it is no `/`, and CR LF is one character. The kernel, file systems and servers go by
// bytes, and so does whatever decides or looks up by what comes from them.

// Inlinable, so that each is compiled for the types that it is used with: as generics, looked up at run time, they cost a
// warm answer 0.4 million instructions and 850 KiB.

extension StringProtocol {
    /// Whether both have the same bytes.
    @inlinable package func isSame(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether its first bytes are those of `prefix`.
    @inlinable package func begins(with prefix: some StringProtocol) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Whether its last bytes are those of `suffix`.
    @inlinable package func ends(with suffix: some StringProtocol) -> Bool {
        utf8.reversed().starts(with: suffix.utf8.reversed())
    }

    /// Whether `byte`, which is ASCII, is among its bytes.
    @inlinable package func holds(_ byte: Unicode.Scalar) -> Bool { utf8.contains(UInt8(ascii: byte)) }
}

extension String {
    /// Whether its first bytes are those of `prefix`.
    @inlinable package func begins(with prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Whether its last bytes are those of `suffix`.
    @inlinable package func ends(with suffix: String) -> Bool { utf8.reversed().starts(with: suffix.utf8.reversed()) }

    /// What stands behind the bytes of `prefix`; nil where it does not begin with them.
    @inlinable package func removingPrefix(_ prefix: String) -> Substring? {
        guard begins(with: prefix) else { return nil }
        return Substring(utf8.dropFirst(prefix.utf8.count))
    }
}

extension Sequence where Element: StringProtocol {
    /// Whether `text` is among them, byte by byte.
    @inlinable package func holds(_ text: some StringProtocol) -> Bool { contains { $0.isSame(as: text) } }
}

/// A text that is equal only to one of the same bytes: for sets, and for the keys of dictionaries.
package struct ByteText: Hashable, Sendable {
    /// The text.
    package let text: String

    /// Takes the text as it is.
    package init(_ text: some StringProtocol) { self.text = String(text) }

    package static func == (left: ByteText, right: ByteText) -> Bool { left.text.isSame(as: right.text) }

    @inlinable package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// What stands before the last `/` of a path, empty for what stands in the root; nil where there is none.
@inlinable package func folder(ofPath path: String) -> String? {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
}

/// What stands behind the last `/` of a path; all of it where there is none.
@inlinable package func lastPart(ofPath path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
}
