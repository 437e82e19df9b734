import Text

extension ProfileFile {
    /// The changes that `edits`, in file order, make: a unified diff, each line without its line feed.
    ///
    /// It has no context lines, since one might hold a plaintext key; each hunk shows its section instead.
    public func difference(_ edits: [Edit]) -> [String] {
        if withText({ $0.count }) ?? 0 == 0 {
            let lines = edits.flatMap { $0.inserted.split(separator: "\n") }
            guard !lines.isEmpty else { return [] }
            return ["--- " + path, "+++ " + path, "@@ -0,0 +\(span(1, lines.count)) @@"] + lines.map { "+" + $0 }
        }
        var growth = 0
        // The offset and the number of the last known line.
        var known = (offset: 0, number: 1)
        return withText { text in
            text.changes(edits).reduce(into: ["--- " + path, "+++ " + path]) { lines, change in
                let before = text.lines(change.range)
                let after = text.edited(change.edits, change.range).withUnsafeBytes { bytes in
                    bytes.baseAddress.map { FileBytes(base: $0, count: bytes.count).lines(0..<bytes.count) } ?? []
                }
                let start = known.number + text.lineCount(known.offset..<change.range.lowerBound)
                known = (change.range.lowerBound, start)
                let spans = "-\(span(start, before.count)) +\(span(start + growth, after.count))"
                lines.append("@@ \(spans) @@\(text.heading(sections, change.edits))")
                lines += marked("-", before) + marked("+", after)
                growth += after.count - before.count
            }
        } ?? []
    }
}

/// Whole lines, and the edits in them.
private struct Change {
    var range: Range<Int>
    var edits: [Edit]
}

/// A line of a diff.
private struct DiffLine {
    let text: String
    /// It is the last line of a file that does not end in a line feed.
    let isOpen: Bool
}

/// Lines as in a hunk's header. A hunk that removes nothing is numbered by the line before it.
private func span(_ start: Int, _ count: Int) -> String {
    count == 1 ? String(start) : "\(count == 0 ? start - 1 : start),\(count)"
}

private func marked(_ mark: String, _ lines: [DiffLine]) -> [String] {
    lines.flatMap { $0.isOpen ? [mark + $0.text, "\\ No newline at end of file"] : [mark + $0.text] }
}

extension FileBytes {
    /// Edits in the same or adjacent lines form one change.
    fileprivate func changes(_ edits: [Edit]) -> [Change] {
        edits.reduce(into: []) { changes, edit in
            let range = lines(changedBy: edit)
            if let last = changes.last, range.lowerBound <= last.range.upperBound {
                changes[changes.count - 1].range = last.range.lowerBound..<max(last.range.upperBound, range.upperBound)
                changes[changes.count - 1].edits.append(edit)
            } else {
                changes.append(Change(range: range, edits: [edit]))
            }
        }
    }

    private func lines(changedBy edit: Edit) -> Range<Int> {
        let start = lineStart(edit.offset)
        let end = edit.offset + edit.removed
        let isWhole = lineStart(end) == end && (edit.removed > 0 || edit.inserted.ends(with: "\n"))
        return start..<(isWhole ? end : nextLine(end))
    }

    fileprivate func lines(_ range: Range<Int>) -> [DiffLine] {
        var lines: [DiffLine] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = lineFeed(from: start)
            let bytes = UnsafeRawBufferPointer(start: base + start, count: end - start)
            lines.append(DiffLine(text: String(decoding: bytes, as: UTF8.self), isOpen: end == count))
            start = end + 1
        }
        return lines
    }

    /// How many lines end in `range`.
    fileprivate func lineCount(_ range: Range<Int>) -> Int {
        UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
            .reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    }

    /// The header of the section that the first of `edits` is in.
    fileprivate func heading(_ sections: [Section], _ edits: [Edit]) -> String {
        guard let edit = edits.first else { return "" }
        // The sections are in file order.
        var (low, high) = (0, sections.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(sections[middle].bodyStart) <= edit.offset + edit.removed { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return "" }
        let section = sections[low - 1]
        let start = lineStart(Int(section.nameStart))
        let header = string(skipBlanks(start, Int(section.nameEnd))..<Int(section.nameEnd))
        guard let header else { return "" }
        return " \(header)]"
    }
}
