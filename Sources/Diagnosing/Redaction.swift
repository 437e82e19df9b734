import Text

/// What could be a secret access key: kept out of findings, where one was typed as a region or a profile's name, and out
/// of the text of `--report`.
enum Redaction {
    /// What stands in its place.
    static let mark = Array("REDACTED".utf8)
    /// In characters of base64: that of a secret access key. Session tokens are longer.
    private static let leastLength = 40

    /// The text with each such word replaced.
    static func applied(to text: String) -> String {
        let bytes = Array(text.utf8)
        var (result, index): ([UInt8], Int) = ([], 0)
        while index < bytes.count {
            if let length = lengthOfSecret(at: index, in: bytes) {
                result += mark
                index += length
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether there is one.
    static func holdsSecret(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count >= leastLength && bytes.indices.contains { lengthOfSecret(at: $0, in: bytes) != nil }
    }

    /// How many bytes what could be a secret takes, if it begins at `index`: letters and digits, neither of a path nor of
    /// a digest. Capitals are not asked for: the name of a setting is known in small letters.
    static func lengthOfSecret(at index: Int, in text: [UInt8]) -> Int? {
        guard index == 0 || !isPart(text[index - 1]), text.count - index >= leastLength else { return nil }
        let run = text[index...].prefix { isPart($0) }
        guard run.count >= leastLength, !isOfPath(run, in: text) else { return nil }
        let isDigest = run.allSatisfy { isDigit($0) || (97...102).contains($0) }
        let isWord = run.contains { isDigit($0) } && run.contains { (97...122).contains($0) }
        return isWord && !isDigest ? run.count : nil
    }

    /// Whether a run with slashes in it is a piece of a path, by what it begins with or what stands beside it.
    private static func isOfPath(_ run: ArraySlice<UInt8>, in text: [UInt8]) -> Bool {
        let slashes = run.count { $0 == slash }
        guard slashes > 0 else { return false }
        if run.first == slash, slashes > 1 || run.count > leastLength { return true }
        // A path has more of them than chance puts into a token.
        if slashes > run.count * 3 / leastLength { return true }
        let before = text[..<run.startIndex]
        if before.last.map(isOfName) == true, !before.suffix(7).elementsEqual("warder_".utf8) { return true }
        let after = text[run.endIndex...].prefix(2)
        return after.count == 2 && isOfName(after.first ?? 0) && isPart(after.last ?? 0)
    }

    private static let slash = UInt8(ascii: "/")

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// A character of base64.
    private static func isPart(_ byte: UInt8) -> Bool {
        isDigit(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == slash
            || byte == UInt8(ascii: "+")
    }

    /// What is in names of files besides, and in no secret.
    private static func isOfName(_ byte: UInt8) -> Bool { "._-~".utf8.contains(byte) || byte >= 0x80 }
}

extension Finding {
    /// The same without what could be a secret. A command that held one becomes a look at the place.
    var redacted: Finding {
        // A line break is a file's name's.
        let isHeld = Redaction.holdsSecret(remedy.command) || remedy.command.utf8.contains { $0 < 0x20 }
        return Finding(
            code, gravity, at: place.map(Redaction.applied), Redaction.applied(to: what),
            why: Redaction.applied(to: why), isHeld ? .run(looking) : remedy)
    }

    private var looking: String {
        guard let place else { return "warder list" }
        if place.utf8.allSatisfy(Self.isOfVariable) { return "unset \(place)" }
        let parts = place.utf8.split(separator: UInt8(ascii: ":")).map { String(Substring($0)) }
        guard parts.count == 2, parts[0].begins(with: "/"), Int(parts[1]) != nil, !Redaction.holdsSecret(parts[0]),
            !parts[0].utf8.contains(where: { $0 < 0x20 })
        else {
            return "warder list"
        }
        return "${EDITOR:-vi} +\(parts[1]) \(shellWord(parts[0]))"
    }

    /// A character of the name of a variable that doctor looks at.
    private static func isOfVariable(_ byte: UInt8) -> Bool { (65...90).contains(byte) || byte == UInt8(ascii: "_") }
}

extension Remark {
    /// The same without what could be a secret.
    var redacted: Remark {
        Remark(code, at: place.map(Redaction.applied), Redaction.applied(to: what), milliseconds: milliseconds)
    }
}
