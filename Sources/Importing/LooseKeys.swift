import KeyInput
import Linux
import Secrets

/// The secrets of long-term keys in a text of any kind: a start-up file, a history, a copy.
///
/// What counts is a word in the form that AWS uses, with the id of a long-term key near it or a name that says that it is
/// AWS's. The secret of a session, which ends by itself, does not count, nor do the examples of AWS's documentation.
package struct LooseKeys {
    /// One of them.
    package struct Key: Equatable {
        /// `AKIA…`; nil if none is near.
        package let identifier: String?
        /// The line of the id, counted from 1; the secret's if none is near.
        package let identifierLine: Int
        /// The line of the secret.
        package let line: Int
        /// How many bytes come before the secret in its line.
        package let column: Int
        /// `warder add --stdin` takes the key from these lines, which hold nothing else.
        package let isAlone: Bool

        /// Its lines in order, each once.
        package var lines: [Int] { line == identifierLine ? [line] : [identifierLine, line].sorted() }
    }

    /// In the order of their lines.
    package private(set) var keys: [Key] = []
    /// There is no NUL in it.
    package private(set) var isText = true
    /// All of the file was read.
    package private(set) var isWhole = true
    /// There may be more keys in it than are looked for.
    package private(set) var mayHaveMore = false
    /// How many bytes were searched.
    package private(set) var size = 0

    /// More in one file would only hide others.
    private static let most = 64
    /// An id this many lines away belongs to something else.
    private static let nearness = 3

    /// Searches the file at `path`; nil for what is not there, not a plain file, or not readable.
    ///
    /// - Parameter limit: how many bytes to read at most.
    package init?(file path: String, limit: Int) {
        var text = SecretBytes(capacity: 4096)
        do throws(FileError) {
            isWhole = try eachPiece(ofPlainFile: path, overlap: 0, limit: limit) { text.append($0) }
        } catch { return nil }
        search(text)
    }

    /// Searches a text.
    package init(in text: borrowing SecretBytes) { search(text) }

    private mutating func search(_ text: borrowing SecretBytes) {
        size = text.count
        let words = text.withUnsafeBytes { KeyWords(in: $0) }
        isText = words.isText
        mayHaveMore = words.secrets.count > Self.most
        for (index, secret) in words.secrets.prefix(Self.most).enumerated() {
            let before = index > 0 ? words.secrets[index - 1].range.lowerBound : -1
            let after = index + 1 < words.secrets.count ? words.secrets[index + 1].range.lowerBound : Int.max
            // A text's keys have their ids before them or behind them, one for each.
            let near = words.identifiers.filter {
                (before..<after).contains($0.range.lowerBound) && abs($0.line - secret.line) <= Self.nearness
            }
            let identifier = near.last { $0.range.lowerBound < secret.range.lowerBound } ?? near.first
            guard identifier?.isTemporary != true, identifier != nil || secret.isNamed else { continue }
            guard identifier != nil || !words.sessionLines.contains(where: { abs($0 - secret.line) <= Self.nearness })
            else { continue }
            keys.append(
                Key(
                    identifier: identifier.map { text.text($0.range) }, identifierLine: identifier?.line ?? secret.line,
                    line: secret.line, column: secret.column,
                    isAlone: identifier.map { Self.isAlone($0, secret, text) } ?? false))
        }
    }

    private static func isAlone(
        _ identifier: KeyWords.Word, _ secret: KeyWords.Word, _ text: borrowing SecretBytes
    ) -> Bool {
        var key = PartialKey()
        let words = identifier.line == secret.line ? [secret] : [identifier, secret]
        for word in words {
            do throws(KeyInputError) { try key.take(text.copy(word.lineRange(in: text))) } catch { return false }
        }
        guard key.missing == nil, let said = key.identifier else { return false }
        return said.utf8.elementsEqual(text.text(identifier.range).utf8)
    }
}

/// What in a text has the form of a key's parts.
private struct KeyWords {
    struct Word {
        let range: Range<Int>
        let line: Int
        let column: Int
        /// An id: of a session.
        var isTemporary = false
        /// A secret: its line says before it that it is one.
        var isNamed = false

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
