import Secrets

/// What in a text has the form of a key's parts.
struct KeyWords {
    struct Word {
        let range: Range<Int>
        let line: Int
        let column: Int
        /// An id: of a session.
        var isTemporary = false
        /// A secret: its line says before it that it is one.
        var isNamed = false

        /// A line this far away belongs to something else.
        private static let nearness = 3

        /// Whether the line is near enough to belong to the same key.
        func isNear(_ line: Int) -> Bool { abs(line - self.line) <= Self.nearness }

        func lineRange(in text: borrowing SecretBytes) -> Range<Int> {
            var end = range.upperBound
            while end < text.count, text[end] != 0x0a { end += 1 }
            return range.lowerBound - column..<end
        }
    }

    var identifiers: [Word] = []
    var secrets: [Word] = []
    /// The lines that name a session's token.
    var sessionLines: [Int] = []
    var isText = true

    /// Of each, a text may have so many that looking at them would take long.
    private static let most = 1000

    /// No id and no secret was left out.
    var isWhole: Bool { max(identifiers.count, secrets.count) < Self.most }

    init(in bytes: UnsafeRawBufferPointer) {
        var (index, line, start) = (0, 1, 0)
        while index < bytes.count {
            let byte = bytes[index]
            guard isOfKey(byte) else {
                if byte == 0x0a { (line, start) = (line + 1, index + 1) }
                if byte == 0 { isText = false }
                index += 1
                continue
            }
            let first = index
            while index < bytes.count, isOfKey(bytes[index]) { index += 1 }
            take(first..<index, line, start, bytes)
        }
    }

    private mutating func take(_ range: Range<Int>, _ line: Int, _ start: Int, _ bytes: UnsafeRawBufferPointer) {
        var word = Word(range: range, line: line, column: range.lowerBound - start)
        switch range.count {
        case 5...12:
            guard isToken(bytes, range, start), sessionLines.last != line, sessionLines.count < Self.most else {
                return
            }
            sessionLines.append(line)
        case 16...32:
            word.isTemporary = begins(bytes, range.lowerBound, "ASIA")
            guard word.isTemporary || begins(bytes, range.lowerBound, "AKIA"), identifiers.count < Self.most,
                bytes[range].allSatisfy({ isDigit($0) || isCapital($0) })
            else { return }
            identifiers.append(word)
        case 40:
            let secret = bytes[range]
            guard secrets.count < Self.most, secret.contains(where: isCapital),
                secret.contains(where: { isCapital($0 ^ 0x20) }),
                !(range.lowerBound...range.upperBound - 7).contains(where: { begins(bytes, $0, "EXAMPLE") })
            else { return }
            word.isNamed = isNamedSecret(bytes[max(start, range.lowerBound - 64)..<range.lowerBound])
            secrets.append(word)
        default: return
        }
    }

    /// Whether the word is the end of `session_token` or `SessionToken`: `_` is not part of a word here.
    private func isToken(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ start: Int) -> Bool {
        // Most words are not, and this is cheap.
        guard bytes[range.upperBound - 1] | 0x20 == UInt8(ascii: "n"),
            bytes[range.upperBound - 3] | 0x20 == UInt8(ascii: "k")
        else { return false }
        let name = bytes[max(start, range.lowerBound - 16)..<range.upperBound]
        return ends(name, with: "sessiontoken") || ends(name, with: "securitytoken")
    }

    private func isNamedSecret(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        holds(bytes, "aws")
            && (holds(bytes, "secretaccesskey") || holds(bytes, "awssecret") || holds(bytes, "secretkey"))
    }
}

/// Whether the letters among the bytes, in either case, end with those of `word`. What is between them does not count;
/// it stays where it is, for it may be of a secret.
private func ends(_ bytes: Slice<UnsafeRawBufferPointer>, with word: StaticString) -> Bool {
    var rest = word.utf8CodeUnitCount
    for byte in bytes.reversed() where rest > 0 && isLetter(byte) {
        guard byte | 0x20 == word.utf8Start[rest - 1] else { return false }
        rest -= 1
    }
    return rest == 0
}

/// Whether they hold the letters of `word`, likewise.
private func holds(_ bytes: Slice<UnsafeRawBufferPointer>, _ word: StaticString) -> Bool {
    bytes.indices.contains { isLetter(bytes[$0]) && ends(bytes[...$0], with: word) }
}

/// Whether the bytes at `index`, of which there are enough, are those of `word`.
private func begins(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ word: StaticString) -> Bool {
    (0..<word.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == word.utf8Start[$0] }
}

private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
private func isCapital(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "A") < 26 }
private func isLetter(_ byte: UInt8) -> Bool { isCapital(byte & 0xdf) }

/// Base64's letters, of which secrets are made; ids are too.
private func isOfKey(_ byte: UInt8) -> Bool {
    (byte & 0xdf) &- UInt8(ascii: "A") < 26 || (UInt8(ascii: "/")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "+")
}
