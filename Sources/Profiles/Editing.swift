import Secrets

/// A change at one place of a file: removes some bytes, and inserts some text.
public struct Edit: Sendable, Equatable {
    /// Where, in bytes from the start of the file.
    public let offset: Int
    /// How many bytes to remove.
    public let removed: Int
    /// The text to insert in their place.
    public let inserted: String
}

extension ProfileFile {
    /// The file's text with `edits` applied, which must be in file order. All other bytes stay unchanged.
    public func edited(_ edits: [Edit]) -> SecretBytes {
        if let text = withText({ $0.edited(edits, 0..<$0.count) }) { return text }
        var text = SecretBytes(capacity: 256)
        for edit in edits { text.append(edit.inserted) }
        return text
    }

    /// Whether the file, read again, is the same.
    public func isUnchanged(_ text: borrowing SecretBytes) -> Bool {
        withText { old in
            text.withUnsafeBytes { $0.elementsEqual(UnsafeRawBufferPointer(start: old.base, count: old.count)) }
        } ?? text.isEmpty
    }
}

extension FileBytes {
    /// The bytes of `range` with the edits inside it applied.
    func edited(_ edits: [Edit], _ range: Range<Int>) -> SecretBytes {
        var text = SecretBytes(capacity: range.count + edits.reduce(0) { $0 + $1.inserted.utf8.count })
        var position = range.lowerBound
        for edit in edits {
            keep(position, edit.offset, in: &text)
            text.append(edit.inserted)
            position = max(position, edit.offset + edit.removed)
        }
        keep(position, range.upperBound, in: &text)
        return text
    }

    private func keep(_ start: Int, _ end: Int, in text: inout SecretBytes) {
        guard start < end else { return }
        text.append(UnsafeRawBufferPointer(start: base + start, count: end - start))
    }

    /// The offset after the line feed of the line at `start`, or the end of the file.
    func nextLine(_ start: Int) -> Int { min(lineFeed(from: start) + 1, count) }

    /// The offset at which the line of `offset` begins.
    func lineStart(_ offset: Int) -> Int {
        var start = offset
        while start > 0, self[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        return start
    }

    /// The line end before `offset`: LF or CRLF; LF if there is no line.
    func lineEnding(before offset: Int) -> String {
        let start = lineStart(offset)
        return start >= 2 && self[start - 2] == UInt8(ascii: "\r") ? "\r\n" : "\n"
    }
}
