import Crypto
import Secrets

/// A parsed `otpauth://totp/LABEL?secret=…` URI (the Key URI Format of Google Authenticator).
///
/// The label and all other parameters are ignored, whatever they hold.
struct OTPAuthURI: ~Copyable {
    private(set) var secret: SecretBytes?
    private(set) var hash = OneTimeHash.sha1
    private(set) var period: Int64 = 30

    init(_ text: borrowing SecretBytes) throws(TOTPError) {
        secret = nil
        for index in 0..<text.count where text[index] < 0x20 || text[index] == 0x7f { throw .malformedAddress }
        let scheme: StaticString = "otpauth://"
        guard let host = text.end(of: scheme, at: 0) else { throw .malformedAddress }
        if text.end(of: "hotp/", at: host) != nil || text.end(of: "hotp?", at: host) != nil { throw .counterBased }
        let path = text.end(of: "totp/", at: host)
        guard let path = path ?? text.end(of: "totp?", at: host).map({ $0 - 1 }) else { throw .malformedAddress }
        let fragment = text.first(UInt8(ascii: "#"), in: path..<text.count) ?? text.count
        guard let query = text.first(UInt8(ascii: "?"), in: path..<fragment) else { throw .noSecret }
        var seen: [String] = []
        var start = query + 1
        while start < fragment {
            let end = text.first(UInt8(ascii: "&"), in: start..<fragment) ?? fragment
            try take(text, start..<end, &seen)
            start = end + 1
        }
    }

    /// Reads one `name=value`.
    private mutating func take(
        _ text: borrowing SecretBytes, _ range: Range<Int>, _ seen: inout [String]
    ) throws(TOTPError) {
        let equals = text.first(UInt8(ascii: "="), in: range) ?? range.upperBound
        guard let name = Self.names.first(where: { text.end(of: $0, at: range.lowerBound) == equals }) else { return }
        guard !seen.contains(name.description) else { throw .repeated(parameter: name.description) }
        seen.append(name.description)
        let value = try Self.percentDecoded(text, min(equals + 1, range.upperBound)..<range.upperBound)
        switch name.description {
        case "secret":
            guard !value.isEmpty else { throw .noSecret }
            secret = consume value
        case "algorithm": hash = try Self.hash(value)
        case "digits": guard Self.number(value) == 6 else { throw .notSixDigits }
        default:
            guard let number = Self.number(value), Seed.periods.contains(number) else { throw .unacceptablePeriod }
            period = number
        }
    }

    private static let names: [StaticString] = ["secret", "algorithm", "digits", "period"]

    private static func hash(_ value: borrowing SecretBytes) throws(TOTPError) -> OneTimeHash {
        for hash in OneTimeHash.allCases where value.isWord(hash.rawValue) { return hash }
        throw .unknownHash
    }

    /// One to four decimal digits.
    private static func number(_ value: borrowing SecretBytes) -> Int64? {
        guard (1...4).contains(value.count) else { return nil }
        var number: Int64 = 0
        for index in 0..<value.count {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(value[index]) else { return nil }
            number = number * 10 + Int64(value[index] - UInt8(ascii: "0"))
        }
        return number
    }

    /// A value with its percent-encoding decoded (RFC 3986 section 2.1), and `+` read as a space, as in forms.
    private static func percentDecoded(
        _ text: borrowing SecretBytes, _ range: Range<Int>
    ) throws(TOTPError) -> SecretBytes {
        var value = SecretBytes(capacity: range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            switch text[index] {
            case UInt8(ascii: "%"):
                guard index + 2 < range.upperBound, let high = hexadecimal(text[index + 1]),
                    let low = hexadecimal(text[index + 2])
                else { throw .malformedAddress }
                value.append(high << 4 | low)
                index += 2
            case UInt8(ascii: "+"): value.append(UInt8(ascii: " "))
            case let byte: value.append(byte)
            }
            index += 1
        }
        return value
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension SecretBytes {
    fileprivate borrowing func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
        range.first { self[$0] == byte }
    }

    /// Where `word` ends, if it occurs at `start`; `word` is in lowercase, and matches either case.
    fileprivate borrowing func end(of word: StaticString, at start: Int) -> Int? {
        let size = word.utf8CodeUnitCount
        guard start + size <= count else { return nil }
        for index in 0..<size where lowercased(self[start + index]) != word.utf8Start[index] { return nil }
        return start + size
    }

    /// Whether it is `word`, in either case.
    fileprivate borrowing func isWord(_ word: String) -> Bool {
        let word = Array(word.utf8)
        return count == word.count && word.indices.allSatisfy { lowercased(self[$0]) == lowercased(word[$0]) }
    }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
