/// The types of a value (RFC 8259 section 3).
enum JSONKind: Equatable, CaseIterable {
    case object, array, string, number, `true`, `false`, null
}

/// The range of a value in the text, quotes and brackets included.
struct JSONSpan {
    let kind: JSONKind
    let range: Range<Int>
}

/// A member of an object; `name` is the range of its name, quotes included.
struct JSONMember {
    let name: Range<Int>
    let value: JSONSpan
}

/// Parses JSON from left to right. The bytes are UTF-8.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private var depth = 0

    init(_ bytes: UnsafeRawBufferPointer, at position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// The next byte; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The error for a next byte that is not permitted there.
    var malformed: JSONError { .malformed(offset: position) }

    mutating func skipSpace() {
        while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
    }

    mutating func value() throws(JSONError) -> JSONSpan {
        let start = position
        let kind: JSONKind
        switch next {
        case UInt8(ascii: "{"):
            kind = .object
            try object { _ in }
        case UInt8(ascii: "["):
            kind = .array
            try array { _ in }
        case UInt8(ascii: "\""):
            kind = .string
            try string { _ in }
        case UInt8(ascii: "t"):
            kind = .true
            try word("true")
        case UInt8(ascii: "f"):
            kind = .false
            try word("false")
        case UInt8(ascii: "n"):
            kind = .null
            try word("null")
        default:
            kind = .number
            try number()
        }
        return JSONSpan(kind: kind, range: start..<position)
    }

    mutating func object(_ take: (JSONMember) -> Void) throws(JSONError) {
        try list(until: UInt8(ascii: "}")) { scanner throws(JSONError) in
            let start = scanner.position
            try scanner.string { _ in }
            let name = start..<scanner.position
            scanner.skipSpace()
            try scanner.expect(UInt8(ascii: ":"))
            scanner.skipSpace()
            take(JSONMember(name: name, value: try scanner.value()))
        }
    }

    mutating func array(_ take: (JSONSpan) -> Void) throws(JSONError) {
        try list(until: UInt8(ascii: "]")) { scanner throws(JSONError) in take(try scanner.value()) }
    }

    /// The common part of objects and arrays: brackets, commas, depth.
    private mutating func list(
        until end: UInt8, _ element: (inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard depth < JSONObject.depthLimit else { throw .tooDeep(offset: position) }
        depth += 1
        position += 1
        skipSpace()
        if next != end {
            while true {
                try element(&self)
                skipSpace()
                if next == end { break }
                try expect(UInt8(ascii: ","))
                skipSpace()
            }
        }
        position += 1
        depth -= 1
    }

    /// Reads a string, and passes its unescaped bytes to `take` one by one.
    mutating func string(_ take: (UInt8) -> Void) throws(JSONError) {
        try expect(UInt8(ascii: "\""))
        while let byte = next, byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") {
                position += 1
                try escape(take)
            } else {
                guard byte >= 32 else { throw malformed }
                take(byte)
                position += 1
            }
        }
        try expect(UInt8(ascii: "\""))
    }

    /// Reads an escape after its backslash (RFC 8259 section 7).
    private mutating func escape(_ take: (UInt8) -> Void) throws(JSONError) {
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): take(bytes[position])
        case UInt8(ascii: "b"): take(8)
        case UInt8(ascii: "f"): take(12)
        case UInt8(ascii: "n"): take(10)
        case UInt8(ascii: "r"): take(13)
        case UInt8(ascii: "t"): take(9)
        case UInt8(ascii: "u"):
            position += 1
            return encode(try character(), take)
        default: throw malformed
        }
        position += 1
    }

    /// The code point of a `\u`, or of two that form a surrogate pair.
    private mutating func character() throws(JSONError) -> UInt32 {
        let first = try fourDigits()
        guard (0xD800...0xDFFF).contains(first) else { return first }
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw .loneSurrogate(offset: position) }
        position += 2
        let second = try fourDigits()
        guard (0xDC00...0xDFFF).contains(second) else { throw .loneSurrogate(offset: position) }
        return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }

    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            switch next {
            case .some(let byte) where (48...57).contains(byte): number = number << 4 | UInt32(byte - 48)
            case .some(let byte) where (97...102).contains(byte | 0x20):
                number = number << 4 | UInt32((byte | 0x20) - 87)
            default: throw malformed
            }
            position += 1
        }
        return number
    }

    private mutating func number() throws(JSONError) {
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
    }

    /// One or more digits.
    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = next, (48...57).contains(byte) { position += 1 }
        guard position > start else { throw malformed }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[index]) }
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard next == byte else { throw malformed }
        position += 1
    }
}

/// The UTF-8 form of a code point that is not a surrogate (RFC 3629 section 3).
private func encode(_ point: UInt32, _ take: (UInt8) -> Void) {
    func tail(_ shift: UInt32) { take(UInt8(0x80 | point >> shift & 0x3F)) }
    switch point {
    case ..<0x80: take(UInt8(point))
    case ..<0x800:
        take(UInt8(0xC0 | point >> 6))
        tail(0)
    case ..<0x10000:
        take(UInt8(0xE0 | point >> 12))
        tail(6)
        tail(0)
    default:
        take(UInt8(0xF0 | point >> 18))
        tail(12)
        tail(6)
        tail(0)
    }
}
