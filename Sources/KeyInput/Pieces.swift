import Secrets

// Examines text that may be secret, without copying any of it.

extension SecretBytes {
    /// `range` without white space at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start] <= 0x20 { start += 1 }
        while end > start, self[end - 1] <= 0x20 { end -= 1 }
        return start..<end
    }

    /// Whether `range` is `words`, given in lowercase: case, blanks, quotes, `_` and `-` are ignored.
    func says(_ words: StaticString, _ range: Range<Int>) -> Bool {
        var rest = UnsafeBufferPointer(start: words.utf8Start, count: words.utf8CodeUnitCount)[...]
        for index in range {
            var byte = self[index]
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { continue }
            if byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") { continue }
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { byte += 0x20 }
            guard rest.popFirst() == byte else { return false }
        }
        return rest.isEmpty
    }

    /// Whether `range` begins with `word`, given in lowercase; case is ignored.
    func begins(_ word: StaticString, _ range: Range<Int>) -> Bool {
        let count = word.utf8CodeUnitCount
        return range.count >= count && says(word, range.lowerBound..<range.lowerBound + count)
    }

    /// The first position in `range` of one of `bytes`.
    func first(_ range: Range<Int>, _ bytes: StaticString) -> Int? {
        let wanted = UnsafeBufferPointer(start: bytes.utf8Start, count: bytes.utf8CodeUnitCount)
        return range.first { wanted.contains(self[$0]) }
    }

    /// `[A-Z0-9]{16,128}` (IAM API Reference, AccessKey).
    func isIdentifier(_ range: Range<Int>) -> Bool {
        (16...128).contains(range.count) && range.allSatisfy { isCapitalOrDigit(self[$0]) }
    }

    /// An id in the form that AWS uses today, which no secret resembles.
    func isAWSIdentifier(_ range: Range<Int>) -> Bool {
        isIdentifier(range) && range.count <= 32 && (begins("akia", range) || begins("asia", range))
    }

    /// Forty letters, digits, slashes and pluses, the form that AWS uses.
    func isAWSSecret(_ range: Range<Int>) -> Bool {
        range.count == 40 && !isIdentifier(range)
            && range.allSatisfy {
                let byte = self[$0]
                return isCapitalOrDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "=")
            }
    }

    /// Visible ASCII.
    func isSecret(_ range: Range<Int>) -> Bool {
        (16...256).contains(range.count) && range.allSatisfy { (0x21..<0x7F).contains(self[$0]) }
    }
}

private func isCapitalOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
