import Secrets

/// A long-term access key in the making, as people type or paste it, line by line.
///
/// The id comes first and the secret behind it, each in a line of its own or both in one; or the lines name what they
/// hold, in any order: `aws_access_key_id = …` of a credentials file, `export AWS_ACCESS_KEY_ID=…`,
/// `"AccessKeyId": "…"`. Empty lines, comments, headers and other settings are passed over.
public struct PartialKey: ~Copyable {
    /// What a key consists of.
    public enum Part: Equatable, Sendable {
        /// `AKIA…`.
        case identifier
        /// What it signs with.
        case secret
    }

    /// `AKIA…`, once that is known.
    public private(set) var identifier: String?
    private var secret: SecretBytes

    /// Nothing is known yet.
    public init() { secret = SecretBytes(capacity: 256) }

    /// What is lacking; nil where the key is whole.
    public var missing: Part? { identifier == nil ? .identifier : secret.isEmpty ? .secret : nil }

    /// Takes a line, without its end.
    public mutating func take(_ line: borrowing SecretBytes) throws(KeyInputError) {
        let range = Self.assignment(line)
        guard !range.isEmpty, line.first(range.lowerBound..<range.lowerBound + 1, "#;[{}") == nil else { return }
        if let separator = line.first(range, "=:\t"), try take(line, named: range.lowerBound..<separator, range) {
            return
        }
        try takeUnnamed(line, range)
    }

    /// What stands behind the word by which a shell sets a variable.
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

    /// Takes the value behind a name; false where what stands before the separator is none.
    private mutating func take(
        _ line: borrowing SecretBytes, named name: Range<Int>, _ range: Range<Int>
    ) throws(KeyInputError) -> Bool {
        let value = Self.value(line, name.upperBound + 1..<range.upperBound)
        // JSON that goes on below.
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
            // One that is empty is none.
            guard value.isEmpty || line.says("null", value) else { throw .temporary }
        } else {
            return Self.isOther(line, name)
        }
        return true
    }

    /// Without quotes, and without what JSON or a shell has behind it.
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

    /// The name of a setting or member that has nothing to do with the key.
    private static func isOther(_ line: borrowing SecretBytes, _ name: Range<Int>) -> Bool {
        if line[name.lowerBound] == UInt8(ascii: "\"") { return true }
        let name = line.trimmed(name)
        return name.count <= 32
            && name.allSatisfy { line[$0] == UInt8(ascii: "_") || (0x61...0x7A).contains(line[$0]) }
    }

    private mutating func takeUnnamed(_ line: borrowing SecretBytes, _ range: Range<Int>) throws(KeyInputError) {
        guard identifier == nil else { return try takeSecret(line, range) }
        // Both in one line, as tables have them.
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
        guard !line.isAWSIdentifier(range) else { throw .identifierAsSecret }
        guard line.isSecret(range) else { throw .notASecret }
        secret = line.copy(range)
    }

    /// The key, which must be whole.
    public consuming func whole() throws(KeyInputError) -> Credentials {
        guard let identifier else { throw .missing(.identifier) }
        guard !secret.isEmpty else { throw .missing(.secret) }
        return Credentials(
            accessKeyID: identifier, secret: secret, sessionToken: nil, expiration: nil, accountID: nil)
    }
}
