import Crypto
import Secrets

/// Where a log began: what the store keeps of it, and what every line can be verified by.
package struct LogStart: ~Copyable {
    /// The size of the part before the home's name.
    private static let fixedSize = 64

    /// Identifies the log: 16 bytes.
    package let identifier: [UInt8]
    /// The key of its first line, 32 bytes.
    package let key: SecretBytes
    /// How many lines it had when this was stored last.
    package var lines: UInt64
    /// When it began, in seconds since 1970.
    package let began: Int64
    /// The machine and the folder that it is in: a vault may be copied to several machines, each with a log of its own.
    package let home: String

    /// The beginning of a new log.
    static func make(home: String, at time: Int64, random: RandomSource) throws(CryptoError) -> LogStart {
        LogStart(
            identifier: try random.bytes(Seal.identifierSize), key: try random.secret(Seal.keySize), lines: 0,
            began: time, home: home)
    }

    /// One made of its parts.
    package init(identifier: [UInt8], key: consuming SecretBytes, lines: UInt64, began: Int64, home: String) {
        self.identifier = identifier
        self.key = key
        (self.lines, self.began, self.home) = (lines, began, home)
    }

    /// The identifier as 32 lowercase digits.
    package var hex: String { String(decoding: hexadecimal(identifier), as: UTF8.self) }

    /// A copy.
    package borrowing func copy() -> LogStart {
        LogStart(identifier: identifier, key: key.copy(), lines: lines, began: began, home: home)
    }

    /// Its stored form: identifier, key, lines and moment, big-endian, then the home as UTF-8.
    package borrowing func encoded() -> SecretBytes {
        var text = SecretBytes(capacity: Self.fixedSize + home.utf8.count)
        identifier.withUnsafeBytes { text.append($0) }
        text.append(key)
        for number in [lines, UInt64(bitPattern: began)] {
            for shift in stride(from: 56, through: 0, by: -8) {
                text.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        text.append(home)
        return text
    }

    /// Nil if it is too short to be one.
    package init?(decoding text: borrowing SecretBytes) {
        guard text.count >= Self.fixedSize else { return nil }
        func number(at start: Int) -> UInt64 { (start..<start + 8).reduce(0) { $0 << 8 | UInt64(text[$1]) } }
        identifier = (0..<16).map { text[$0] }
        key = text.copy(16..<48)
        (lines, began) = (number(at: 48), Int64(bitPattern: number(at: 56)))
        home = (Self.fixedSize..<text.count).withText(text)
    }
}

extension Range<Int> {
    fileprivate func withText(_ text: borrowing SecretBytes) -> String {
        text.withUnsafeBytes { String(decoding: $0[self], as: UTF8.self) }
    }
}
