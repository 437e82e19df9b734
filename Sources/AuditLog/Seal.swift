import Crypto
import Secrets
import Text

/// Where a log's seal has got to: what the next line is sealed with. The key of a line is derived from that of the line
/// before and replaces it, so that whoever reads the key can forge what comes, and not what was.
struct Seal: ~Copyable {
    /// The size of its encoded form.
    static let size = 96
    static let magic: StaticString = "warder-log-seal\n"
    static let identifierSize = 16
    static let keySize = 32
    /// How many bytes of the MAC a line carries.
    static let macSize = 16

    let identifier: [UInt8]
    /// The number of lines so far, which is the sequence number of the next one.
    private(set) var lines: UInt64
    /// The size of the log's present file up to the end of the last of them.
    var end: UInt64
    /// The number of the present file; the first is 0.
    private(set) var file: UInt64
    /// The inode of the file that is being turned over; 0 for none.
    var turning: UInt64
    private var key: SecretBytes

    /// A seal at a log's beginning.
    init(identifier: [UInt8], key: borrowing SecretBytes) {
        self.identifier = identifier
        self.key = key.copy()
        (lines, end, file, turning) = (0, 0, 0, 0)
    }

    private init(copying other: borrowing Seal) {
        identifier = other.identifier
        (lines, end, file, turning) = (other.lines, other.end, other.file, other.turning)
        key = other.key.copy()
    }

    borrowing func copy() -> Seal { Seal(copying: self) }

    /// Whether only a newer version of warder can read a seal that begins so.
    static func isOfNewerVersion(_ text: borrowing SecretBytes) -> Bool {
        text.withUnsafeBytes { isOfLaterFormat($0, "log-seal") }
    }

    /// Nil if this is no such text.
    init?(decoding text: borrowing SecretBytes) {
        guard text.count == Self.size else { return nil }
        for index in 0..<16 where text[index] != Self.magic.utf8Start[index] { return nil }
        identifier = (16..<32).map { text[$0] }
        func number(at start: Int) -> UInt64 { (start..<start + 8).reduce(0) { $0 << 8 | UInt64(text[$1]) } }
        (lines, end, file, turning) = (number(at: 32), number(at: 40), number(at: 48), number(at: 56))
        key = text.copy(64..<96)
    }

    borrowing func encoded() -> SecretBytes {
        var text = SecretBytes(Self.magic)
        identifier.withUnsafeBytes { text.append($0) }
        for number in [lines, end, file, turning] {
            for shift in stride(from: 56, through: 0, by: -8) {
                text.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        text.append(key)
        return text
    }

    /// The present file was moved aside: the next is empty.
    mutating func startFile() {
        file += 1
        (end, turning) = (0, 0)
    }

    /// The next line: `content` with its sequence number before it and its MAC behind it. The seal moves on.
    mutating func line(_ content: [UInt8]) throws(CryptoError) -> [UInt8] {
        var text = LineText()
        text.add("{\"n\":")
        text.add(lines)
        text.add(",")
        text.add(content)
        let mac = try mac(text.bytes[...])
        text.add(SealedLine.macMark)
        text.add(hexadecimal(mac))
        text.add("\"}\n")
        try advance()
        return text.bytes
    }

    /// Whether this is the next line, and sealed; if so, the seal moves on.
    mutating func accepts(_ line: ArraySlice<UInt8>) throws(CryptoError) -> Bool {
        guard let parsed = SealedLine(line), parsed.number == lines, try matches(parsed, line) else { return false }
        try advance()
        return true
    }

    /// Whether the line was sealed with the present key.
    borrowing func matches(_ parsed: SealedLine, _ line: ArraySlice<UInt8>) throws(CryptoError) -> Bool {
        let own = try mac(line.prefix(parsed.sealedCount))
        return own.withUnsafeBytes { a in parsed.mac.withUnsafeBytes { b in equalInConstantTime(a, b) } }
    }

    borrowing func mac(_ text: ArraySlice<UInt8>) throws(CryptoError) -> [UInt8] {
        let mac = text.withUnsafeBytes { text in
            Result { () throws(CryptoError) in try hmacSHA256(key: key, text) }
        }
        return Array(try mac.get().prefix(Self.macSize))
    }

    /// Derives the key of the next line, and forgets the present one.
    mutating func advance() throws(CryptoError) {
        let label: StaticString = "warder log v1 next key"
        key = try secretHMACSHA256(
            key: key, UnsafeRawBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount))
        lines += 1
    }
}

/// The parts of a line that the seal goes by; the rest is any printable ASCII.
struct SealedLine {
    static let macMark: StaticString = ",\"mac\":\""

    /// Its sequence number.
    let number: UInt64
    /// How many of its bytes, from the first, the MAC covers.
    let sealedCount: Int
    let mac: [UInt8]

    /// Nil if the line, without its line end, has another form.
    init?(_ line: ArraySlice<UInt8>) {
        let tail = Self.macMark.utf8CodeUnitCount + 2 * Seal.macSize + 2
        guard line.count < LineText.limit, line.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
        guard line.starts(with: "{\"n\":".utf8), line.suffix(2).elementsEqual("\"}".utf8) else { return nil }
        let digits = line.dropFirst(5).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, digits.count <= 19, digits.count == 1 || digits.first != UInt8(ascii: "0"),
            line.dropFirst(5 + digits.count).first == UInt8(ascii: ","), line.count > 6 + digits.count + tail
        else { return nil }
        let seal = line.suffix(tail)
        let mark = UnsafeBufferPointer(start: Self.macMark.utf8Start, count: Self.macMark.utf8CodeUnitCount)
        guard seal.starts(with: mark),
            let mac = bytes(ofHexadecimal: seal.dropFirst(mark.count).prefix(2 * Seal.macSize))
        else { return nil }
        number = digits.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
        sealedCount = line.count - tail
        self.mac = mac
    }
}
