import Text

/// What could be a secret access key, kept out of a finding: one that was typed in a wrong place, as a region or a
/// profile's name.
enum Redaction {
    private static let length = 40

    /// The text with each such word replaced.
    static func applied(to text: String) -> String {
        guard holdsSecret(text) else { return text }
        var result: [UInt8] = []
        for run in runs(text) { result += isSecret(run) ? Array("REDACTED".utf8) : Array(run) }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether there is one.
    static func holdsSecret(_ text: String) -> Bool {
        text.utf8.count >= length && runs(text).contains(where: isSecret)
    }

    /// Forty characters of base64, letters and digits among them, that are neither a path nor a digest. The name of a
    /// setting is known in small letters.
    private static func isSecret(_ run: ArraySlice<UInt8>) -> Bool {
        guard run.count == length, run.filter({ $0 == UInt8(ascii: "/") }).count < (run.first == 0x2f ? 2 : 4) else {
            return false
        }
        let isDigest = run.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        return !isDigest && run.contains { (97...122).contains($0) } && run.contains { (48...57).contains($0) }
    }

    /// The text in runs of characters that a secret may have, and of others.
    private static func runs(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var (runs, start): ([ArraySlice<UInt8>], Int) = ([], 0)
        for index in bytes.indices.dropFirst() where isPart(bytes[index]) != isPart(bytes[index - 1]) {
            runs.append(bytes[start..<index])
            start = index
        }
        return bytes.isEmpty ? [] : runs + [bytes[start...]]
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "+")
    }
}

extension Finding {
    /// The same without what could be a secret. A command that held one becomes a look at the place.
    var redacted: Finding {
        let isHeld = Redaction.holdsSecret(remedy.command)
        return Finding(
            code, gravity, at: place.map(Redaction.applied), Redaction.applied(to: what),
            why: Redaction.applied(to: why), isHeld ? .run(looking) : remedy)
    }

    private var looking: String {
        let parts = (place ?? "").utf8.split(separator: UInt8(ascii: ":")).map { String(Substring($0)) }
        guard parts.count == 2, parts[0].begins(with: "/"), !Redaction.holdsSecret(parts[0]) else {
            return parts.first.map { "unset \($0)" } ?? "warder list"
        }
        return "${EDITOR:-vi} +\(parts[1]) \(shellWord(parts[0]))"
    }
}

extension Remark {
    /// The same without what could be a secret.
    var redacted: Remark {
        Remark(code, at: place.map(Redaction.applied), Redaction.applied(to: what), milliseconds: milliseconds)
    }
}
