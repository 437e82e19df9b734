import Linux
import Times

/// The text of a line: ASCII in one buffer, at most `LineText.limit` bytes with all that sealing adds.
///
/// What comes from outside is escaped so that the file may be shown on a terminal as it is: all but printable ASCII
/// becomes `\uXXXX`.
struct LineText {
    /// The longest line, in bytes, with its line end.
    static let limit = 4096

    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(768) }

    /// An event without its sequence number and seal: `"time":…` up to the last member.
    init(_ event: Event, at time: Int64) {
        self.init()
        add("\"time\":\"")
        add(UnixTime(time))
        add("\",\"event\":\"")
        add(word: event.kind.rawValue)
        add("\"")
        add("profile", event.profile, limit: 256)
        add("role", event.role, limit: 512)
        add("session", event.session, limit: 128)
        add("key", event.key, limit: 24)
        add("from", event.origin?.rawValue, limit: 16)
        add("by", event.by, limit: 64)
        add("reason", event.reason, limit: 1024)
        guard let caller = event.caller else { return }
        add(",\"caller\":{\"pid\":")
        add(UInt64(max(0, caller.process)))
        add("program", caller.program, limit: 128)
        add("folder", caller.folder, limit: 1024)
        add("}")
    }

    mutating func add(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func add(word text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func add(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    mutating func add(_ number: UInt64) {
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`.
    private mutating func add(_ time: UnixTime) {
        let fields = time.fields
        add(twoDigits: fields.year / 100)
        add(twoDigits: fields.year % 100)
        add("-")
        add(twoDigits: fields.month)
        add("-")
        add(twoDigits: fields.day)
        add("T")
        add(twoDigits: fields.hour)
        add(":")
        add(twoDigits: fields.minute)
        add(":")
        add(twoDigits: fields.second)
        add("Z")
    }

    private mutating func add(twoDigits number: Int) {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10 % 10))
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    /// A member, if it has a value.
    ///
    /// - Parameter limit: how many bytes of its escaped form to keep.
    private mutating func add(_ name: StaticString, _ value: String?, limit: Int) {
        guard let value else { return }
        add(",\"")
        add(name)
        add("\":\"")
        let end = bytes.count + limit
        for scalar in value.unicodeScalars {
            let before = bytes.count
            add(escaped: scalar)
            if bytes.count > end {
                bytes.removeLast(bytes.count - before)
                add("\\u2026")
                break
            }
        }
        add("\"")
    }

    private mutating func add(escaped scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22, 0x5c:
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        case 0x20...0x7e: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        default:
            for unit in String(scalar).utf16 {
                add("\\u")
                for shift in [12, 8, 4, 0] { bytes.append(hexDigit(UInt8(truncatingIfNeeded: unit >> shift) & 15)) }
            }
        }
    }
}

func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value }

/// The bytes as lowercase digits, two for each.
func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * bytes.count)
    for byte in bytes {
        digits.append(hexDigit(byte >> 4))
        digits.append(hexDigit(byte & 15))
    }
    return digits
}

/// The bytes that so many lowercase digits stand for; nil if they are none.
func bytes(ofHexadecimal digits: some Collection<UInt8>) -> [UInt8]? {
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
        let value: UInt8
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
        default: return nil
        }
        if let first = high {
            bytes.append(first << 4 | value)
            high = nil
        } else {
            high = value
        }
    }
    return bytes
}
