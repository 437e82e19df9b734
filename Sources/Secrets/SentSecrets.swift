/// The secrets sent in one request. Text from the response is compared with them before it is shown.
///
/// A server that echoes a secret may change it: shorten it, split it, capitalise it, or escape it for a URL, for XML or
/// JSON. So the comparison uses only letters and digits, ignores case, and treats any `run` of them in a row as the
/// secret.
public struct SentSecrets: ~Copyable, Sendable {
    /// How many letters and digits in a row a text may not share with a secret. A shorter secret is compared as a
    /// whole.
    public static let run = 12
    /// What replaces text that repeats a secret.
    public static let placeholder = "(hidden)"
    /// How many bytes of a text are compared; no more of it may be shown.
    public static let textLimit = 8192

    /// The secrets, concatenated.
    private var bytes = SecretBytes(capacity: 4096)
    private var parts: [SecretRange] = []

    private struct SecretRange {
        let range: Range<Int>
        /// Whether it has so few letters and digits that it is compared unchanged.
        let isExact: Bool
    }

    /// No secrets yet.
    public init() {}

    /// A copy of the secrets.
    public borrowing func copy() -> SentSecrets {
        var copy = SentSecrets()
        copy.add(self)
        return copy
    }

    /// Adds the secrets of another value.
    public mutating func add(_ other: borrowing SentSecrets) {
        let start = bytes.count
        bytes.append(other.bytes)
        for part in other.parts {
            let range = part.range.lowerBound + start..<part.range.upperBound + start
            parts.append(SecretRange(range: range, isExact: part.isExact))
        }
    }

    /// Adds a secret.
    public mutating func add(_ secret: borrowing SecretBytes) {
        let folded = folding(secret)
        let isExact = folded.count < 4
        let start = bytes.count
        if isExact { bytes.append(secret) } else { bytes.append(folded) }
        guard bytes.count > start else { return }
        parts.append(SecretRange(range: start..<bytes.count, isExact: isExact))
    }

    /// Whether the first `textLimit` bytes of `text` repeat a secret, or a part of one.
    public borrowing func areRepeated(by text: borrowing SecretBytes) -> Bool {
        guard !parts.isEmpty else { return false }
        var text = text.copy(0..<min(text.count, Self.textLimit))
        if parts.contains(where: { $0.isExact && occurs($0.range, in: text) }) { return true }
        // Escaped text may be escaped again.
        for _ in 0..<4 {
            if isRepeated(byFolded: folding(text)) { return true }
            let plain = unescaping(text)
            if plain.count == text.count { return false }
            text = plain
        }
        return false
    }

    /// The first `textLimit` bytes of `text` in a form that may be shown; nil if they repeat a secret.
    public borrowing func shown(_ text: borrowing SecretBytes) -> String? {
        guard !areRepeated(by: text) else { return nil }
        return text.withUnsafeBytes { String(decoding: $0.prefix(Self.textLimit), as: UTF8.self) }
    }

    /// The same for a `String`.
    public borrowing func shown(_ text: String) -> String? {
        var bytes = SecretBytes(capacity: Self.textLimit)
        bytes.append(String(decoding: text.utf8.prefix(Self.textLimit), as: UTF8.self))
        return shown(bytes)
    }

    /// Whether texts that are shown in a row repeat a secret that is split across them: across all, or across two.
    public borrowing func areRepeated(across texts: [String]) -> Bool {
        func areRepeated(by parts: [String]) -> Bool {
            var joined = SecretBytes(capacity: Self.textLimit)
            for part in parts { joined.append(part) }
            return self.areRepeated(by: joined)
        }
        let pairs = texts.indices.flatMap { first in texts[(first + 1)...].map { [texts[first], $0] } }
        return areRepeated(by: texts) || pairs.contains { areRepeated(by: $0) }
    }

    private borrowing func isRepeated(byFolded text: borrowing SecretBytes) -> Bool {
        guard !text.isEmpty else { return false }
        for part in parts where !part.isExact && part.range.count < Self.run {
            if occurs(part.range, in: text) { return true }
        }
        return haveRunInCommon(with: text)
    }

    /// Whether a range of `bytes` occurs in `text` unchanged.
    private borrowing func occurs(_ range: Range<Int>, in text: borrowing SecretBytes) -> Bool {
        guard range.count <= text.count else { return false }
        return bytes.withUnsafeBytes { secret in
            text.withUnsafeBytes { text in
                (0...text.count - range.count).contains { start in
                    range.indices.allSatisfy { text[start + $0 - range.lowerBound] == secret[$0] }
                }
            }
        }
    }

    /// Puts the text's runs into a table by their digests, and looks up those of the secrets.
    private borrowing func haveRunInCommon(with text: borrowing SecretBytes) -> Bool {
        guard text.count >= Self.run else { return false }
        return bytes.withUnsafeBytes { secret in
            text.withUnsafeBytes { text in
                var firsts = [Int](repeating: -1, count: 4096)
                var others = [Int](repeating: -1, count: text.count)
                for start in 0...text.count - Self.run {
                    let slot = slot(text, start)
                    others[start] = firsts[slot]
                    firsts[slot] = start
                }
                for part in parts where !part.isExact && part.range.count >= Self.run {
                    for start in part.range.lowerBound...part.range.upperBound - Self.run {
                        var found = firsts[slot(secret, start)]
                        while found >= 0 {
                            if (0..<Self.run).allSatisfy({ text[found + $0] == secret[start + $0] }) { return true }
                            found = others[found]
                        }
                    }
                }
                return false
            }
        }
    }

    /// FNV-1a of a run, folded into the size of the table.
    private func slot(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var hash: UInt32 = 2_166_136_261
        for index in start..<start + Self.run { hash = (hash ^ UInt32(bytes[index])) &* 16_777_619 }
        return Int((hash ^ hash >> 12) & 4095)
    }
}

/// The letters and digits of a text, in lowercase.
private func folding(_ text: borrowing SecretBytes) -> SecretBytes {
    var folded = SecretBytes(capacity: text.count)
    for index in 0..<text.count {
        switch text[index] {
        case let byte where (48...57).contains(byte) || (97...122).contains(byte): folded.append(byte)
        case let byte where (65...90).contains(byte): folded.append(byte | 0x20)
        default: break
        }
    }
    return folded
}

/// A text with its escapes decoded: `%41` of URLs, `\u0041` and `\x41` of JSON and the like, `\u{41}` of `printable`,
/// `&#65;`, `&#x41;` and `&amp;` of XML. Escapes of characters outside ASCII become spaces, which are not compared.
private func unescaping(_ text: borrowing SecretBytes) -> SecretBytes {
    var plain = SecretBytes(capacity: text.count)
    var index = 0
    while index < text.count {
        if let escape = escape(text, index) {
            plain.append(escape.byte)
            index += escape.length
        } else {
            plain.append(text[index])
            index += 1
        }
    }
    return plain
}

private func escape(_ text: borrowing SecretBytes, _ start: Int) -> (byte: UInt8, length: Int)? {
    func number(_ digits: Range<Int>, radix: UInt32) -> UInt8? {
        guard !digits.isEmpty, digits.upperBound <= text.count else { return nil }
        var value: UInt32 = 0
        for index in digits {
            guard let digit = digit(text[index]), digit < radix else { return nil }
            value = min(value * radix + digit, 0xffff)
        }
        return value < 0x80 ? UInt8(value) : UInt8(ascii: " ")
    }
    func at(_ index: Int) -> UInt8 { index < text.count ? text[index] : 0 }
    switch text[start] {
    case UInt8(ascii: "%"): return number(start + 1..<start + 3, radix: 16).map { ($0, 3) }
    case UInt8(ascii: "\\") where at(start + 1) == UInt8(ascii: "u") && at(start + 2) == UInt8(ascii: "{"):
        guard let end = (start + 4..<start + 10).first(where: { at($0) == UInt8(ascii: "}") }) else { return nil }
        return number(start + 3..<end, radix: 16).map { ($0, end + 1 - start) }
    case UInt8(ascii: "\\") where at(start + 1) | 0x20 == UInt8(ascii: "u"):
        return number(start + 2..<start + 6, radix: 16).map { ($0, 6) }
    case UInt8(ascii: "\\") where at(start + 1) | 0x20 == UInt8(ascii: "x"):
        return number(start + 2..<start + 4, radix: 16).map { ($0, 4) }
    case UInt8(ascii: "&"):
        guard let end = (start + 2..<start + 10).first(where: { at($0) == UInt8(ascii: ";") }) else { return nil }
        let length = end + 1 - start
        guard at(start + 1) == UInt8(ascii: "#") else {
            // Of the named ones only `&amp;` can hide another escape.
            let isAmpersand = length == 5 && at(start + 1) | 0x20 == UInt8(ascii: "a")
            return (isAmpersand ? UInt8(ascii: "&") : UInt8(ascii: " "), length)
        }
        let isHexadecimal = at(start + 2) | 0x20 == UInt8(ascii: "x")
        return (isHexadecimal ? number(start + 3..<end, radix: 16) : number(start + 2..<end, radix: 10))
            .map { ($0, length) }
    default: return nil
    }
}

private func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 48...57: UInt32(byte - 48)
    case 65...70: UInt32(byte - 55)
    case 97...102: UInt32(byte - 87)
    default: nil
    }
}
