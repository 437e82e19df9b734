import Linux
import Text

/// One line of the protocol: words, then `key=value` pairs whose values are percent-encoded (RFC 3986, section 2.1).
struct LineBuilder: Equatable {
    /// The longest line, including its end, in bytes.
    static let limit = 4096
    /// The longest encoded value, in bytes: four of them and the rest fit into one line.
    static let valueLimit = 900

    private(set) var text: String

    init(_ words: String...) { text = words.joined(separator: " ") }

    /// Adds a pair; nothing for nil. A value that is too long is truncated, and ends in `…`.
    mutating func add(_ key: String, _ value: String?) {
        guard let value else { return }
        text += " \(key)=" + Self.encoded(value)
    }

    /// Adds a pair with a number.
    mutating func add(_ key: String, _ value: Int64) { text += " \(key)=\(value)" }

    /// Adds a pair with a moment, in milliseconds of CLOCK_BOOTTIME, which both ends share; nothing for nil.
    mutating func add(_ key: String, _ moment: Deadline?) {
        if let moment { add(key, moment.milliseconds) }
    }

    static func encoded(_ value: String) -> String {
        var out = ""
        for scalar in value.unicodeScalars {
            var piece = ""
            for byte in Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter {
                piece += encoded(byte)
            }
            guard out.utf8.count + piece.utf8.count <= valueLimit - 9 else { return out + "%E2%80%A6" }
            out += piece
        }
        return out
    }

    private static func encoded(_ byte: UInt8) -> String {
        switch byte {
        case 48...57, 65...90, 97...122: return String(Unicode.Scalar(byte))
        case 43...47, 58, 64, 95, 126: return String(Unicode.Scalar(byte))  // + , - . / : @ _ ~
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "%0" + digits : "%" + digits
        }
    }

    /// Nil if the value is not properly encoded.
    static func decoded(_ value: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = value.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}

/// The words and the pairs of a received line.
struct ParsedLine {
    let words: [Substring]
    private let pairs: [ByteText: String]

    /// Nil if the line does not follow the protocol.
    init?(_ text: Substring) {
        var words: [Substring] = []
        var pairs: [ByteText: String] = [:]
        for part in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            guard let sign = part.firstIndex(of: UInt8(ascii: "=")) else {
                guard pairs.isEmpty, !part.isEmpty else { return nil }
                words.append(Substring(part))
                continue
            }
            guard let value = LineBuilder.decoded(Substring(part[part.index(after: sign)...])) else { return nil }
            pairs[ByteText(Substring(part[..<sign]))] = value
        }
        guard !words.isEmpty else { return nil }
        self.words = words
        self.pairs = pairs
    }

    subscript(key: String) -> String? { pairs[ByteText(key)] }

    /// A number from 0 to 10^12; nil for anything else.
    func number(_ key: String) -> Int64? {
        self[key].flatMap { Int64($0) }.flatMap { (0...1_000_000_000_000).contains($0) ? $0 : nil }
    }

    /// A moment in milliseconds of CLOCK_BOOTTIME, within the first thirty years of a machine's run.
    func moment(_ key: String) -> Deadline? { number(key).map { Deadline(milliseconds: $0) } }
}
