import Secrets

/// A long-term access key while a user types or pastes it, line by line.
///
/// The id comes first and the secret follows, each on its own line or both on one; or the lines name their values, in
/// any order: `aws_access_key_id = …` of a credentials file, `export AWS_ACCESS_KEY_ID=…`, `"AccessKeyId": "…"`. Empty
/// lines, comments, headers and other settings are skipped.
public struct PartialKey: ~Copyable {
    /// The parts of a key.
    public enum Part: Equatable, Sendable {
        /// `AKIA…`.
        case identifier
        /// The secret that it signs with.
        case secret
    }

    /// `AKIA…`, once it is known.
    public private(set) var identifier: String?
    private var secret: SecretBytes

    /// A key without any part.
    public init() { secret = SecretBytes(capacity: 256) }

    /// The missing part; nil if the key is complete.
    public var missing: Part? { identifier == nil ? .identifier : secret.isEmpty ? .secret : nil }

    /// Reads a line, without its end.
    public mutating func take(_ line: borrowing SecretBytes) throws(KeyInputError) {
        let range = Self.assignment(line)
        guard !range.isEmpty, line.first(range.lowerBound..<range.lowerBound + 1, "#;[{}") == nil else { return }
        if let separator = line.first(range, "=:\t"), try take(line, named: range.lowerBound..<separator, range) {
            return
        }
        try takeUnnamed(line, range)
    }

    /// The text after the word with which a shell sets a variable.
    private static func assignment(_ line: borrowing SecretBytes) -> Range<Int> {
        let range = line.trimmed(0..<line.count)
        for word in ["export", "setx", "set", "$env:"] as [StaticString] where line.begins(word, range) {
            let rest = range.lowerBound + word.utf8CodeUnitCount..<range.upperBound
            if rest.first.map({ line[$0] == UInt8(ascii: " ") || line[$0 - 1] == UInt8(ascii: ":") }) == true {
                return line.trimmed(rest)
            }
        }
        return range
    }

    /// Reads the value of a named setting; false if the text before the separator is not a name.
    private mutating func take(
        _ line: borrowing SecretBytes, named name: Range<Int>, _ range: Range<Int>
    ) throws(KeyInputError) -> Bool {
        let value = Self.value(line, name.upperBound + 1..<range.upperBound)
        // JSON that continues on the next lines.
        if value.count == 1, line[value.lowerBound] == UInt8(ascii: "{") { return true }
        if line.says("awsaccesskeyid", name) || line.says("accesskeyid", name) || line.says("accesskey", name) {
            try takeIdentifier(line, value)
        } else if line.says("awssecretaccesskey", name) || line.says("secretaccesskey", name)
            || line.says("secretkey", name)
        {
            try takeSecret(line, value)
        } else if line.says("awssessiontoken", name) || line.says("awssecuritytoken", name)
            || line.says("sessiontoken", name)
        {
            // An empty token does not count.
            guard value.isEmpty || line.says("null", value) else { throw .temporary }
        } else {
            return Self.isOther(line, name)
        }
        return true
    }

    /// Without quotes, and without what follows a value in JSON or in a shell.
    private static func value(_ line: borrowing SecretBytes, _ range: Range<Int>) -> Range<Int> {
        var value = line.trimmed(range)
        while let last = value.last, line.first(last..<last + 1, ",;") != nil {
            value = line.trimmed(value.lowerBound..<last)
        }
        guard value.count >= 2, line.first(value.lowerBound..<value.lowerBound + 1, "\"'") != nil,
            line[value.lowerBound] == line[value.upperBound - 1]
        else { return value }
        return value.lowerBound + 1..<value.upperBound - 1
    }

    /// Whether it is the name of a setting or member that is not part of a key.
    private static func isOther(_ line: borrowing SecretBytes, _ name: Range<Int>) -> Bool {
        if line[name.lowerBound] == UInt8(ascii: "\"") { return true }
        let name = line.trimmed(name)
        return name.count <= 32
            && name.allSatisfy { line[$0] == UInt8(ascii: "_") || (0x61...0x7A).contains(line[$0]) }
    }

    private mutating func takeUnnamed(_ line: borrowing SecretBytes, _ range: Range<Int>) throws(KeyInputError) {
        guard identifier == nil else { return try takeSecret(line, range) }
        // Both on one line, as in tables.
        if let separator = line.first(range, "\t, "), line.isIdentifier(range.lowerBound..<separator) {
            try takeIdentifier(line, range.lowerBound..<separator)
            return try takeSecret(line, line.trimmed(separator + 1..<range.upperBound))
        }
        try takeIdentifier(line, range)
    }

    private mutating func takeIdentifier(_ line: borrowing SecretBytes, _ range: Range<Int>) throws(KeyInputError) {
        try line.checkIdentifier(range)
        identifier = line.text(range)
    }

    private mutating func takeSecret(_ line: borrowing SecretBytes, _ range: Range<Int>) throws(KeyInputError) {
        try line.checkSecret(range)
        secret = line.copy(range)
    }

    /// The key, which must be complete.
    public consuming func whole() throws(KeyInputError) -> Credentials {
        guard let identifier else { throw .missing(.identifier) }
        guard !secret.isEmpty else { throw .missing(.secret) }
        return Credentials(
            accessKeyID: identifier, secret: secret, sessionToken: nil, expiration: nil, accountID: nil)
    }
}
