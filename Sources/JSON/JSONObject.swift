import Secrets
import Text

/// A JSON object (RFC 8259) that may hold secrets: its text is in one `SecretBytes`, and strings are read from it one
/// by one, as secrets or not.
///
/// Of members with the same name the last one counts, as in the SDKs. A member that is `null` counts as absent.
public struct JSONObject: ~Copyable, Sendable {
    /// The largest text, in bytes.
    public static let sizeLimit = 256 * 1024
    /// The deepest nesting of arrays and objects.
    public static let depthLimit = 64

    private let text: SecretBytes
    /// In text order.
    private let members: [JSONMember]

    /// Parses a text completely.
    public init(_ text: borrowing SecretBytes) throws(JSONError) {
        guard text.count <= Self.sizeLimit else { throw .tooLarge }
        let members = try text.withUnsafeBytes { bytes throws(JSONError) in
            guard isUTF8(bytes) else { throw .notUTF8 }
            return try membersOfText(bytes)
        }
        self.init(text: text.copy(), members: members)
    }

    private init(text: consuming SecretBytes, members: [JSONMember]) {
        self.text = text
        self.members = members
    }

    /// The names of the members in text order, including duplicates.
    public var keys: [String] { members.map { string($0.name) } }

    /// The string `key`, unescaped, for a value that may be secret. It may contain any byte, even NUL.
    ///
    /// - Throws: `.wrongType`.
    public borrowing func secret(_ key: String) throws(JSONError) -> SecretBytes? {
        guard let value = try value(key, of: [.string]) else { return nil }
        return secret(value.range)
    }

    /// The string `key`, for a value that is not secret.
    ///
    /// - Throws: `.wrongType`.
    public borrowing func text(_ key: String) throws(JSONError) -> String? {
        guard let value = try value(key, of: [.string]) else { return nil }
        return string(value.range)
    }

    /// The whole number `key`, written without a fraction or an exponent.
    ///
    /// - Throws: `.wrongType`.
    public borrowing func integer(_ key: String) throws(JSONError) -> Int64? {
        guard let value = try value(key, of: [.number]) else { return nil }
        let digits = text.withUnsafeBytes { String(decoding: $0[value.range], as: UTF8.self) }
        guard let number = Int64(digits) else { throw .wrongType(key: key) }
        return number
    }

    /// The boolean `key`.
    ///
    /// - Throws: `.wrongType`.
    public borrowing func boolean(_ key: String) throws(JSONError) -> Bool? {
        try value(key, of: [.true, .false]).map { $0.kind == .true }
    }

    /// The object `key`.
    ///
    /// - Throws: `.wrongType`.
    public borrowing func object(_ key: String) throws(JSONError) -> JSONObject? {
        guard let value = try value(key, of: [.object]) else { return nil }
        return try object(value.range)
    }

    /// The strings of the array `key`, none of which is secret.
    ///
    /// - Throws: `.wrongType`, also if the array holds anything but strings.
    public borrowing func texts(_ key: String) throws(JSONError) -> [String]? {
        guard let elements = try elements(key, of: .string) else { return nil }
        return elements.map { string($0.range) }
    }

    /// Lends the objects of the array `key` one by one; none if the array is absent.
    ///
    /// - Throws: `.wrongType`, also if the array holds anything but objects.
    public borrowing func forEachObject(
        _ key: String, _ body: (borrowing JSONObject) throws(JSONError) -> Void
    ) throws(JSONError) {
        for element in try elements(key, of: .object) ?? [] { try body(try object(element.range)) }
    }

    borrowing func value(_ key: String, of kinds: [JSONKind]) throws(JSONError) -> JSONSpan? {
        guard let value = members.last(where: { string($0.name).isSame(as: key) })?.value, value.kind != .null else {
            return nil
        }
        guard kinds.contains(value.kind) else { throw .wrongType(key: key) }
        return value
    }

    private borrowing func elements(_ key: String, of kind: JSONKind) throws(JSONError) -> [JSONSpan]? {
        guard let array = try value(key, of: [.array]) else { return nil }
        var elements: [JSONSpan] = []
        try text.withUnsafeBytes { bytes throws(JSONError) in
            var scanner = JSONScanner(bytes, at: array.range.lowerBound)
            try scanner.array { elements.append($0) }
        }
        guard elements.allSatisfy({ $0.kind == kind }) else { throw .wrongType(key: key) }
        return elements
    }

    /// A copy of one part, which has already been validated.
    private borrowing func object(_ range: Range<Int>) throws(JSONError) -> JSONObject {
        let part = text.copy(range)
        let members = try part.withUnsafeBytes { bytes throws(JSONError) in try membersOfText(bytes) }
        return JSONObject(text: part, members: members)
    }

    private borrowing func secret(_ range: Range<Int>) -> SecretBytes {
        var secret = SecretBytes(capacity: range.count)
        unescape(range) { secret.append($0) }
        return secret
    }

    private borrowing func string(_ range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        unescape(range) { bytes.append($0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private borrowing func unescape(_ range: Range<Int>, _ take: (UInt8) -> Void) {
        text.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes, at: range.lowerBound)
            // It has already been validated.
            do throws(JSONError) { try scanner.string(take) } catch {}
        }
    }
}

private func membersOfText(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> [JSONMember] {
    var scanner = JSONScanner(bytes, at: 0)
    var members: [JSONMember] = []
    scanner.skipSpace()
    guard scanner.next != nil else { throw .empty }
    let isObject = scanner.next == UInt8(ascii: "{")
    if isObject { try scanner.object { members.append($0) } } else { _ = try scanner.value() }
    scanner.skipSpace()
    guard scanner.next == nil else { throw scanner.malformed }
    guard isObject else { throw .notAnObject }
    return members
}

private func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.withMemoryRebound(to: UInt8.self) { bytes in
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return true
        } catch { return false }
    }
}
