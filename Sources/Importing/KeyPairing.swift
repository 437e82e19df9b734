import Secrets
import Text

// Which id belongs to which secret, and whether that is certain.

extension KeyWords {
    /// The id of a secret; nil if none is near.
    ///
    /// A text's keys have their ids before them or behind them, one for each.
    func identifier(ofSecret index: Int) -> Word? {
        let near = identifiers(aroundSecret: index)
        return near.last { $0.range.lowerBound < secrets[index].range.lowerBound } ?? near.first
    }

    /// How certain it is that a secret and its id belong together.
    ///
    /// - Parameter isAlone: `warder add --stdin` takes the key from these lines.
    func belonging(ofSecret index: Int, isAlone: Bool, in text: borrowing SecretBytes) -> LooseKeys.Belonging {
        guard let identifier = identifier(ofSecret: index) else { return .doubtful }
        let secret = secrets[index]
        let isBefore = identifier.range.lowerBound < secret.range.lowerBound
        let name = text.text(identifier.range)
        let isOnly = identifiers(aroundSecret: index).allSatisfy {
            isBefore && $0.range.lowerBound > secret.range.lowerBound || text.text($0.range).isSame(as: name)
        }
        guard isOnly, isWhole, !isRivalled(index, by: index - 1, identifier),
            !isRivalled(index, by: index + 1, identifier)
        else { return .doubtful }
        switch abs(identifier.line - secret.line) {
        case 0:
            let between =
                isBefore
                ? secret.range.lowerBound - identifier.range.upperBound
                : identifier.range.lowerBound - secret.range.upperBound
            return between <= Self.farthest ? .certain : .likely
        case 1: return isAlone || Self.areNamedAlike(identifier, secret, text) ? .certain : .likely
        default: return .likely
        }
    }

    /// In bytes: what is farther apart on one line need not belong together.
    private static let farthest = 512
    /// In bytes: lines that name a part of a key are shorter.
    private static let longestLine = 1024

    /// Those between the secrets before and after it, and near it.
    private func identifiers(aroundSecret index: Int) -> [Word] {
        let before = index > 0 ? secrets[index - 1].range.lowerBound : -1
        let after = index + 1 < secrets.count ? secrets[index + 1].range.lowerBound : Int.max
        return identifiers.filter {
            (before..<after).contains($0.range.lowerBound) && secrets[index].isNear($0.line)
        }
    }

    /// Whether the id could be that of a neighbouring secret, which has no other, or which no id separates from this one.
    private func isRivalled(_ index: Int, by neighbour: Int, _ identifier: Word) -> Bool {
        guard secrets.indices.contains(neighbour) else { return false }
        if self.identifier(ofSecret: neighbour)?.range == identifier.range { return true }
        let places = [secrets[index].range.lowerBound, secrets[neighbour].range.lowerBound].sorted()
        return secrets[index].isNear(secrets[neighbour].line)
            && !identifiers.contains { (places[0]..<places[1]).contains($0.range.lowerBound) }
    }

    /// Whether their lines are the same, but for the words that say which is which: `PROD_ACCESS_KEY_ID=` and
    /// `PROD_SECRET_ACCESS_KEY=`. Another command that follows does not count.
    private static func areNamedAlike(_ identifier: Word, _ secret: Word, _ text: borrowing SecretBytes) -> Bool {
        let lines = (identifier.lineRange(in: text), secret.lineRange(in: text))
        guard max(lines.0.count, lines.1.count) <= longestLine else { return false }
        let first = meaning(lines.0.lowerBound..<identifier.range.lowerBound, text)
        let second = meaning(lines.1.lowerBound..<secret.range.lowerBound, text)
        guard let name = last(["accesskeyid", "accesskey"], in: first),
            let other = last(["secretaccesskey", "secretkey"], in: second)
        else { return false }
        let (rest, otherRest) = (
            firstCommand(identifier.range.upperBound..<lines.0.upperBound, text),
            firstCommand(secret.range.upperBound..<lines.1.upperBound, text)
        )
        let after = meaning(rest, text)
        let otherAfter = meaning(otherRest, text)
        return isSame(first, 0..<name.lowerBound, second, 0..<other.lowerBound)
            && isSame(first, name.upperBound..<first.count, second, other.upperBound..<second.count)
            && isSame(after, 0..<after.count, otherAfter, 0..<otherAfter.count)
    }

    /// What comes before another command or a comment.
    private static func firstCommand(_ range: Range<Int>, _ text: borrowing SecretBytes) -> Range<Int> {
        var end = range.lowerBound
        while end < range.upperBound {
            switch text[end] {
            case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "#"):
                return range.lowerBound..<end
            default: end += 1
            }
        }
        return range
    }

    /// A part of a line in lowercase, without what only separates or encloses.
    private static func meaning(_ range: Range<Int>, _ text: borrowing SecretBytes) -> SecretBytes {
        var result = SecretBytes(capacity: range.count)
        var start = range.lowerBound
        // zsh's history has the time: `: 1700000000:0;`.
        if !range.isEmpty, text[start] == UInt8(ascii: ":") {
            var end = start
            while end < range.upperBound, text[end] <= UInt8(ascii: ":") { end += 1 }
            if end < range.upperBound, text[end] == UInt8(ascii: ";") { start = end + 1 }
        }
        let separators: StaticString = "\"'`_-,{}()[]"
        let enclosing = UnsafeBufferPointer(start: separators.utf8Start, count: separators.utf8CodeUnitCount)
        for index in start..<range.upperBound where text[index] > 0x20 && !enclosing.contains(text[index]) {
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(text[index])
            result.append(isCapital ? text[index] | 0x20 : text[index])
        }
        return result
    }

    /// Where the first of the names that occurs does so last.
    private static func last(_ names: [StaticString], in text: borrowing SecretBytes) -> Range<Int>? {
        for name in names {
            let count = name.utf8CodeUnitCount
            guard text.count >= count else { continue }
            for start in (0...text.count - count).reversed()
            where (0..<count).allSatisfy({ text[start + $0] == name.utf8Start[$0] }) { return start..<start + count }
        }
        return nil
    }

    private static func isSame(
        _ text: borrowing SecretBytes, _ range: Range<Int>, _ other: borrowing SecretBytes, _ otherRange: Range<Int>
    ) -> Bool {
        range.count == otherRange.count
            && zip(range, otherRange).allSatisfy { text[$0] == other[$1] }
    }
}
