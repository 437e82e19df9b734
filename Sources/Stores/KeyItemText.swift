import Crypto
import Secrets
import Text
import Vault

/// A stored key as the text of an item in the Secret Service: a section of a credentials file, readable in
/// the desktop's keyring with warder or without.
enum KeyItemText {
    /// What the keyring's list shows.
    static func label(_ summary: AccessKeySummary) -> String {
        "warder: \(summary.name)\(summary.hasTOTPSeed ? withSeed : "") (\(summary.accessKeyID))"
    }

    /// Whether a label says that the seed of one-time codes is stored with the key. No name has a space in it.
    static func hasTOTPSeed(label: String) -> Bool {
        label.lastIndex(of: "(").map { label[..<$0].ends(with: withSeed + " ") } ?? false
    }

    private static let withSeed = " with TOTP"

    /// The access key id that a label shows; nil where it shows none.
    static func accessKeyID(ofLabel label: String) -> String? {
        guard label.ends(with: ")"), let open = label.lastIndex(of: "(") else { return nil }
        let identifier = label[label.index(after: open)...].dropLast()
        let isOne = identifier.utf8.allSatisfy {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        return isOne && !identifier.isEmpty ? String(identifier) : nil
    }

    static func text(_ record: borrowing AccessKeyRecord) -> SecretBytes {
        let summary = record.summary
        var text = SecretBytes(capacity: 1024)
        text.append("[\(summary.name)]\naws_access_key_id = \(summary.accessKeyID)\naws_secret_access_key = ")
        text.append(record.secret)
        text.append("\ncreated_at = \(summary.createdAt)\n")
        for (key, value) in [
            ("account_id", summary.accountID), ("principal_arn", summary.principalARN),
            ("mfa_serial", summary.mfaSerial),
        ] {
            // A line break in a value that AWS sent would start a line of its own.
            guard let value, value.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else { continue }
            text.append("\(key) = \(value)\n")
        }
        switch record.totp {
        case .some(let totp):
            text.append("totp_seed = ")
            text.append(totp.text)
            text.append("\n")
            if let device = totp.device, device.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) {
                text.append("totp_device = \(device)\n")
            }
        case .none: break
        }
        switch record.rotationLine {
        case .some(let line) where (0..<line.count).allSatisfy({ line[$0] >= 0x20 }):
            text.append("rotation = ")
            text.append(line)
            text.append("\n")
        default: break
        }
        switch record.unknownLines {
        case .some(let lines): text.append(lines)
        case .none: break
        }
        return text
    }

    /// Reads the text; nil where it is not a key. Lines that this version does not know are kept for the next writing.
    static func record(_ text: borrowing SecretBytes, name: KeyName) -> AccessKeyRecord? {
        guard let secret = range("aws_secret_access_key", text), !secret.isEmpty,
            secret.allSatisfy({ text[$0] > 0x20 && text[$0] < 0x7f }),
            let identifier = value("aws_access_key_id", text), !identifier.isEmpty
        else { return nil }
        let summary = AccessKeySummary(
            name: name, accessKeyID: identifier, createdAt: value("created_at", text).flatMap { UInt64($0) } ?? 0,
            accountID: value("account_id", text), principalARN: value("principal_arn", text),
            mfaSerial: value("mfa_serial", text))
        var record = AccessKeyRecord(summary, secret: text.copy(secret))
        if let seed = range("totp_seed", text), !seed.isEmpty {
            record.totp = StoredSeed(text: text.copy(seed), device: value("totp_device", text))
        }
        if let rotation = range("rotation", text), !rotation.isEmpty { record.rotationLine = text.copy(rotation) }
        record.unknownLines = unknownLines(text)
        return record
    }

    private static func value(_ key: String, _ text: borrowing SecretBytes) -> String? {
        range(key, text).map { text.text($0) }
    }

    private static let keys = [
        "aws_access_key_id", "aws_secret_access_key", "created_at", "account_id", "principal_arn", "mfa_serial",
        "totp_seed", "totp_device", "rotation",
    ]

    /// Where the value of a line `key = value` stands.
    private static func range(_ key: String, _ text: borrowing SecretBytes) -> Range<Int>? {
        var found: Range<Int>?
        forEachLine(of: text) { line in
            if found == nil, begins(line, with: "\(key) = ", text) {
                found = line.lowerBound + key.utf8.count + 3..<line.upperBound
            }
        }
        return found
    }

    /// The lines `key = value` whose key is none of `keys`; nil if there are none.
    private static func unknownLines(_ text: borrowing SecretBytes) -> SecretBytes? {
        var unknown: [Range<Int>] = []
        forEachLine(of: text) { line in
            let end = line.first { !isLowercaseOrDigit(text[$0]) && text[$0] != UInt8(ascii: "_") } ?? line.upperBound
            guard end > line.lowerBound, begins(end..<line.upperBound, with: " = ", text) else { return }
            if !keys.contains(where: { begins(line, with: $0 + " = ", text) }) { unknown.append(line) }
        }
        guard !unknown.isEmpty else { return nil }
        var lines = SecretBytes(capacity: text.count + 1)
        for line in unknown {
            lines.append(text.copy(line))
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    private static func begins(_ line: Range<Int>, with start: String, _ text: borrowing SecretBytes) -> Bool {
        var position = line.lowerBound
        for byte in start.utf8 {
            guard position < line.upperBound, text[position] == byte else { return false }
            position += 1
        }
        return true
    }

    /// Lends where each line stands that is not empty, without its line feed.
    private static func forEachLine(of text: borrowing SecretBytes, _ body: (Range<Int>) -> Void) {
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
            if end > start { body(start..<end) }
            start = end + 1
        }
    }
}

extension AccessKeyRecord {
    /// Whether the other is the same key of the same name, with the same seed of one-time codes or none, and as far in
    /// its rotation.
    borrowing func isSame(as other: borrowing AccessKeyRecord) -> Bool {
        guard summary.name == other.summary.name, summary.accessKeyID == other.summary.accessKeyID,
            secret.isSame(as: other.secret), Self.areSame(rotationLine, other.rotationLine),
            Self.areSame(unknownLines, other.unknownLines)
        else { return false }
        switch totp {
        case .some(let mine):
            switch other.totp {
            case .some(let others): return mine.device == others.device && mine.text.isSame(as: others.text)
            case .none: return false
            }
        case .none: return !other.summary.hasTOTPSeed
        }
    }

    private static func areSame(_ mine: borrowing SecretBytes?, _ others: borrowing SecretBytes?) -> Bool {
        switch mine {
        case .some(let mine):
            switch others {
            case .some(let others): return mine.isSame(as: others)
            case .none: return false
            }
        case .none:
            switch others {
            case .some: return false
            case .none: return true
            }
        }
    }

    /// Takes over the seed of one-time codes of the record that it replaces, if it has none of its own.
    mutating func keepSeed(of other: borrowing AccessKeyRecord) {
        if !summary.hasTOTPSeed { totp = other.totp?.copy() }
    }
}

extension SecretBytes {
    fileprivate borrowing func isSame(as other: borrowing SecretBytes) -> Bool {
        withUnsafeBytes { mine in other.withUnsafeBytes { equalInConstantTime(mine, $0) } }
    }
}

/// A record that a closure or an array may hold on to.
package final class SharedRecord {
    private let record: AccessKeyRecord

    package init(_ record: borrowing AccessKeyRecord) { self.record = record.copy() }

    package var name: KeyName { record.summary.name }
    /// Whether a newer version keeps more with it.
    var holdsUnknown: Bool { record.holdsUnknown }

    package func copy() -> AccessKeyRecord { record.copy() }

    package func isSame(as record: borrowing AccessKeyRecord) -> Bool { self.record.isSame(as: record) }
}
