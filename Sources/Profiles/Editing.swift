import Secrets

/// A change at one place of a file: some bytes out, some text in.
public struct Edit: Sendable, Equatable {
    /// Where, in bytes from the start of the file.
    public let offset: Int
    /// How many bytes go.
    public let removed: Int
    /// What comes in their place.
    public let inserted: String
}

extension ProfileFile {
    /// The file's text with `edits` made, which are in the file's order. Every other byte stays.
    public func edited(_ edits: [Edit]) -> SecretBytes {
        withText { $0.edited(edits, 0..<$0.count) } ?? SecretBytes(capacity: 0)
    }

    /// Whether the file, read again, says what it said.
    public func isUnchanged(_ text: borrowing SecretBytes) -> Bool {
        withText { old in
            text.withUnsafeBytes { $0.elementsEqual(UnsafeRawBufferPointer(start: old.base, count: old.count)) }
        } ?? text.isEmpty
    }
}

extension FileBytes {
    /// The bytes of `range` with the edits that lie in it made.
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

    /// The offset behind the line feed of the line at `start`, or the end of the file.
    func nextLine(_ start: Int) -> Int { min(lineFeed(from: start) + 1, count) }

    /// The offset of the line that `offset` stands in.
    func lineStart(_ offset: Int) -> Int {
        var start = offset
        while start > 0, self[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        return start
    }

    /// How the line before `offset` ends: a line feed, or a carriage return and one; a line feed where there is no line.
    func lineEnding(before offset: Int) -> String {
        let start = lineStart(offset)
        return start >= 2 && self[start - 2] == UInt8(ascii: "\r") ? "\r\n" : "\n"
    }
}
