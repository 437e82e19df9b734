/// Where the parts of a request's head stand that matter here (RFC 9112).
///
/// Stricter than the RFC: lines end in CRLF, none is folded, no control character stands anywhere, and there is no body.
struct RequestHead {
    /// Header lines at most.
    static let lineLimit = 64

    private(set) var method = 0..<0
    private(set) var target = 0..<0
    /// The value of the one `Host` line; nil where there is none.
    private(set) var host: Range<Int>?
    /// The value of the one `Authorization` line; nil where there is none.
    private(set) var authorization: Range<Int>?

    /// Reads a head up to and including its empty line; nil where it is malformed.
    init?(_ head: UnsafeRawBufferPointer) {
        var start = 0
        var lines = 0
        while true {
            guard let end = Self.endOfLine(head, from: start), lines <= Self.lineLimit else { return nil }
            if lines == 0 {
                guard readRequestLine(head, start..<end) else { return nil }
            } else if end == start {
                // What would stand behind belongs to another request, and there is to be none.
                guard end + 2 == head.count else { return nil }
                return
            } else {
                guard readHeader(head, start..<end) else { return nil }
            }
            lines += 1
            start = end + 2
        }
    }

    /// Where the line ends that starts at `start`; nil where it does not, or holds a control character.
    private static func endOfLine(_ head: UnsafeRawBufferPointer, from start: Int) -> Int? {
        for index in start..<max(start, head.count) {
            switch head[index] {
            case 13: return index + 1 < head.count && head[index + 1] == 10 ? index : nil
            case 9: continue
            case 0..<32, 127: return nil
            default: continue
            }
        }
        return nil
    }

    private mutating func readRequestLine(_ head: UnsafeRawBufferPointer, _ line: Range<Int>) -> Bool {
        guard let methodEnd = head.firstIndex(of: 32, in: line) else { return false }
        let rest = methodEnd + 1..<line.upperBound
        guard let targetEnd = head.firstIndex(of: 32, in: rest) else { return false }
        method = line.lowerBound..<methodEnd
        target = rest.lowerBound..<targetEnd
        let version = targetEnd + 1..<line.upperBound
        return !method.isEmpty && method.allSatisfy { isTokenCharacter(head[$0]) }
            && !target.isEmpty && target.allSatisfy { (33...126).contains(head[$0]) }
            && (head.equals("HTTP/1.1", version) || head.equals("HTTP/1.0", version))
    }

    private mutating func readHeader(_ head: UnsafeRawBufferPointer, _ line: Range<Int>) -> Bool {
        guard let colon = head.firstIndex(of: UInt8(ascii: ":"), in: line) else { return false }
        let name = line.lowerBound..<colon
        guard !name.isEmpty, name.allSatisfy({ isTokenCharacter(head[$0]) }) else { return false }
        let value = head.trimmed(colon + 1..<line.upperBound)
        if head.equals("host", name, ignoringCase: true) {
            guard host == nil else { return false }
            host = value
        } else if head.equals("authorization", name, ignoringCase: true) {
            guard authorization == nil else { return false }
            authorization = value
        } else if head.equals("content-length", name, ignoringCase: true) {
            return head.equals("0", value)
        } else if head.equals("transfer-encoding", name, ignoringCase: true) {
            return false
        }
        return true
    }
}

/// `tchar` of RFC 9110 section 5.6.2.
private func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "^")...UInt8(ascii: "z"), UInt8(ascii: "#")...UInt8(ascii: "'"):
        true
    default: [33, 42, 43, 45, 46, 124, 126].contains(byte)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        for index in range where self[index] == byte { return index }
        return nil
    }

    /// Without the spaces and tabs around it.
    fileprivate func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == 32 || self[start] == 9 { start += 1 }
        while end > start, self[end - 1] == 32 || self[end - 1] == 9 { end -= 1 }
        return start..<end
    }

    /// Whether `word`, in small letters where case is ignored, stands at `range`.
    func equals(_ word: String, _ range: Range<Int>, ignoringCase: Bool = false) -> Bool {
        let word = word.utf8
        guard range.count == word.count else { return false }
        return zip(range, word).allSatisfy { index, byte in
            let given = self[index]
            return (ignoringCase && (65...90).contains(given) ? given | 0x20 : given) == byte
        }
    }
}
