/// The positions of the relevant parts of a request's head (RFC 9112).
///
/// Stricter than the RFC: lines end in CRLF, no line is folded, control characters are refused, and there is no body.
struct RequestHead {
    /// The most header lines.
    static let lineLimit = 64

    private(set) var method = 0..<0
    private(set) var target = 0..<0
    /// The value of the only `Host` line; nil if there is none.
    private(set) var host: Range<Int>?
    /// The value of the only `Authorization` line; nil if there is none.
    private(set) var authorization: Range<Int>?

    /// Parses a head up to and including its empty line; nil if it is malformed.
    init?(_ head: UnsafeRawBufferPointer) {
        var start = 0
        var lines = 0
        while true {
            guard let end = Self.endOfLine(head, from: start), lines <= Self.lineLimit else { return nil }
            if lines == 0 {
                guard readRequestLine(head, start..<end) else { return nil }
            } else if end == start {
                // Data after the head would belong to another request, and a connection carries only one.
                guard end + 2 == head.count else { return nil }
                return
            } else {
                guard readHeader(head, start..<end) else { return nil }
            }
            lines += 1
            start = end + 2
        }
    }

    /// The end of the line that starts at `start`; nil if it has none, or contains a control character.
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

    /// The range without leading and trailing spaces and tabs.
    fileprivate func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == 32 || self[start] == 9 { start += 1 }
        while end > start, self[end - 1] == 32 || self[end - 1] == 9 { end -= 1 }
        return start..<end
    }

    /// Whether `range` holds `word`, which must be lowercase if case is ignored.
    func equals(_ word: String, _ range: Range<Int>, ignoringCase: Bool = false) -> Bool {
        let word = word.utf8
        guard range.count == word.count else { return false }
        return zip(range, word).allSatisfy { index, byte in
            let given = self[index]
            return (ignoringCase && (65...90).contains(given) ? given | 0x20 : given) == byte
        }
    }
}
