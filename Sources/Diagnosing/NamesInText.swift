/// The names of people that a text holds in a form that shows them to be such: addresses, and the names of users, of
/// their MFA devices and of roles' sessions in ARNs (IAM User Guide, "IAM identifiers"), and those of home folders.
func personalNames(in text: String) -> [String] {
    words(of: text).flatMap { word -> [String] in
        let pieces = word.split(separator: UInt8(ascii: "/"))
        guard word.starts(with: "arn:".utf8) else { return pieces.flatMap(addresses) + owner(pieces) }
        let parts = pieces.map { String(decoding: $0, as: UTF8.self) }
        guard let kind = parts.first?.utf8.split(separator: UInt8(ascii: ":")).last, parts.count > 1 else { return [] }
        switch String(Substring(kind)) {
        case "user", "mfa", "sms-mfa", "assumed-role", "federated-user":
            let name = parts[parts.count - 1]
            return [name] + addresses(Array(name.utf8)[...])
        default: return []
        }
    }
}

/// The name of a user and its parts: an address or `DOMAIN\user` holds the user's own name.
func nameAndParts(_ name: String) -> [String] {
    let bytes = Array(name.utf8)
    let user = bytes.split(separator: UInt8(ascii: "\\")).last ?? []
    let local = user.split(separator: UInt8(ascii: "@")).first ?? []
    return [bytes[...], user, local].map { String(decoding: $0, as: UTF8.self) }
}

/// An address, and what stands before its `@`, also as `user:password@host`; nothing if it is none.
private func addresses(_ word: ArraySlice<UInt8>) -> [String] {
    let colon = UInt8(ascii: ":")
    guard let at = word.firstIndex(of: UInt8(ascii: "@")), at > word.startIndex else { return [] }
    let domain = word[at...].prefix { $0 != colon }
    guard domain.count > 1 else { return [] }
    let locals = word[..<at].split(separator: colon)
    return ([(locals.last ?? []) + domain] + locals).map { String(decoding: $0, as: UTF8.self) }
}

/// Whose folder a path leads into: `/home/NAME`, `/Users/NAME`, `/mnt/c/Users/NAME`; nothing if it is none.
private func owner(_ pieces: [ArraySlice<UInt8>]) -> [String] {
    let folders = pieces.indices.dropLast().filter { index in
        ["home", "Users"].contains { pieces[index].elementsEqual($0.utf8) }
    }
    return folders.flatMap { index in
        let name = pieces[index + 1].prefix { $0 != UInt8(ascii: ":") }
        return nameAndParts(String(decoding: name, as: UTF8.self))
    }
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
