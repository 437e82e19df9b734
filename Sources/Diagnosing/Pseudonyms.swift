import Text

/// Replaces what identifies a person or an account in a text that leaves the machine, the same way throughout: names that
/// it is told of (`USER-1`), account numbers (`ACCOUNT-1`), access key IDs and other unique IDs (`KEY-1`; IAM User Guide,
/// "IAM identifiers"). What could be a secret access key becomes `REDACTED`, though none should be there.
package struct Pseudonyms {
    /// The words that are replaced, as bytes in lower case, the longest first.
    private var names: [(word: [UInt8], pseudonym: String)] = []
    private var pseudonyms: [[UInt8]: String] = [:]
    private var counts: [String: Int] = [:]

    package init() {}

    /// Replaces this word from now on, in letters of either case, where no letter or digit stands beside it. The forms that
    /// it has in sed commands and in a shell's quotes are replaced the same way.
    ///
    /// - Parameter kind: what it is replaced by, before its number.
    package mutating func add(_ word: String, as kind: String) {
        let folded = inSmallLetters(word)
        guard !word.isEmpty, !names.contains(where: { $0.word == folded }) else { return }
        let pseudonym = pseudonym(of: folded, kind)
        names.append((folded, pseudonym))
        let written = [word, LineEdit.pattern(word), LineEdit.replacement(word)]
        for form in Set((written + written.map(inQuotes)).map(inSmallLetters)) where form != folded {
            names.append((form, pseudonym))
        }
        names.sort { $0.word.count > $1.word.count }
    }

    /// The text without them.
    package mutating func applied(to text: String) -> String {
        let folded = inSmallLetters(text)
        let text = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            guard isBoundary(text, index) else {
                result.append(text[index])
                index += 1
                continue
            }
            let rest = text[index...]
            if let name = names.first(where: { name in
                folded[index...].starts(with: name.word) && isEnd(text, index + name.word.count)
            }) {
                result += name.pseudonym.utf8
                index += name.word.count
            } else if let length = Redaction.lengthOfSecret(at: index, in: text) {
                result += Redaction.mark
                index += length
            } else {
                let word = rest.prefix(while: isAlphanumeric)
                result += replaced(word)
                index += word.count
                if word.isEmpty {
                    result.append(text[index])
                    index += 1
                }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A run of letters and digits.
    private mutating func replaced(_ word: ArraySlice<UInt8>) -> [UInt8] {
        if Self.isUniqueID(word) { return Array(pseudonym(of: Array(word), "KEY").utf8) }
        var result: [UInt8] = []
        var rest = word
        while let first = rest.first {
            let run = rest.prefix { isDigit($0) == isDigit(first) }
            result += isDigit(first) && run.count == 12 ? Array(pseudonym(of: Array(run), "ACCOUNT").utf8) : Array(run)
            rest = rest.dropFirst(run.count)
        }
        return result
    }

    private mutating func pseudonym(of word: [UInt8], _ kind: String) -> String {
        if let known = pseudonyms[word] { return known }
        counts[kind, default: 0] += 1
        let pseudonym = "\(kind)-\(counts[kind, default: 0])"
        pseudonyms[word] = pseudonym
        return pseudonym
    }

    private func isBoundary(_ text: [UInt8], _ index: Int) -> Bool {
        index == 0 || !isAlphanumeric(text[index - 1])
    }

    private func isEnd(_ text: [UInt8], _ index: Int) -> Bool {
        index == text.count || !isAlphanumeric(text[index])
    }

    // MARK: - What is recognised without being told

    /// `AKIA`, `ASIA`, `AROA` and others of four letters, and 12 to 124 more (IAM API Reference: 16 to 128).
    private static func isUniqueID(_ word: ArraySlice<UInt8>) -> Bool {
        guard (16...128).contains(word.count), word.starts(with: "A".utf8) else { return false }
        guard word.allSatisfy({ isDigit($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else {
            return false
        }
        return prefixes.contains { word.starts(with: $0.utf8) }
    }

    private static let prefixes = [
        "ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA",
    ]
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

/// The text in lower case, with each byte in its place: the few letters that would take more bytes or fewer stay.
private func inSmallLetters(_ text: String) -> [UInt8] {
    text.unicodeScalars.reduce(into: []) { bytes, scalar in
        guard !scalar.isASCII else { return bytes.append(lowercased(UInt8(scalar.value))) }
        let letter = String(scalar)
        let lower = letter.lowercased()
        bytes += (lower.utf8.count == letter.utf8.count ? lower : letter).utf8
    }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}

/// The text as it stands between a shell's quotes.
private func inQuotes(_ text: String) -> String {
    let word = shellWord(text)
    return word.utf8.first == UInt8(ascii: "'") ? String(word.unicodeScalars.dropFirst().dropLast()) : word
}
