/// The names of people that a text holds in a form that shows them to be such: addresses, and the names of users, of
/// their MFA devices and of roles' sessions in ARNs (IAM User Guide, "IAM identifiers").
func personalNames(in text: String) -> [String] {
    words(of: text).flatMap { word -> [String] in
        guard word.starts(with: "arn:".utf8) else { return address(word) }
        let parts = word.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        guard let kind = parts.first?.utf8.split(separator: UInt8(ascii: ":")).last, parts.count > 1 else { return [] }
        switch String(Substring(kind)) {
        case "user", "mfa", "sms-mfa", "assumed-role", "federated-user":
            let name = parts[parts.count - 1]
            return [name] + address(Array(name.utf8)[...])
        default: return []
        }
    }
}

/// An address, and what stands before its `@`; nothing if it is none.
private func address(_ word: ArraySlice<UInt8>) -> [String] {
    guard let at = word.firstIndex(of: UInt8(ascii: "@")), at > word.startIndex, word[at...].count > 1 else {
        return []
    }
    return [word, word[..<at]].map { String(decoding: $0, as: UTF8.self) }
}

/// Runs of what may be in an ARN or an address.
private func words(of text: String) -> [ArraySlice<UInt8>] {
    Array(text.utf8).split { byte in
        let isAlphanumeric =
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte >= 0x80
        return !isAlphanumeric && !"+=.@_-/:".utf8.contains(byte)
    }.map { word in
        // What ends a sentence or a list is no part of a word.
        var word = word
        while let last = word.last, ".:-=".utf8.contains(last) { word.removeLast() }
        return word
    }
}
