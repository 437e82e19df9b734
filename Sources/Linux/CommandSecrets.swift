import Secrets
import Text

/// The arguments of a command line that its messages must not repeat: any that is neither a path nor an address, name
/// or option may be a secret.
public func secrets(ofShellCommand command: String) -> SentSecrets {
    var secrets = SentSecrets()
    var words = command.split { " \t\"'=;".unicodeScalars.contains($0.unicodeScalars.first ?? " ") }[...]
    var option = words.popFirst() ?? ""
    for word in words {
        defer { option = word }
        let isPublic = ["/", "~", ".", "-", "$", "arn:"].contains { word.hasPrefix($0) } || word.includes("://")
        guard !isPublic, word.utf8.count >= SentSecrets.run, !isName(word) || asksForSecret(option) else { continue }
        var bytes = SecretBytes(capacity: word.utf8.count)
        bytes.append(String(word))
        secrets.add(bytes)
    }
    return secrets
}

/// Whether it names a module, a profile, a person or a file, which messages need to mention. A random string of that
/// length would contain digits, or change case all the time.
private func isName(_ word: Substring) -> Bool {
    var (capitals, wasSmall) = (0, false)
    for byte in word.utf8 {
        switch byte {
        case 97...122: wasSmall = true
        case 65...90:
            if wasSmall { capitals += 1 }
            wasSmall = false
        case let byte where "_.-/@:,()|&<>".utf8.contains(byte): wasSmall = false
        default: return false
        }
    }
    return capitals <= word.utf8.count / 6
}

/// Whether it is `--token`, `PASSWORD` or the like.
private func asksForSecret(_ option: Substring) -> Bool {
    let name = option.utf8.drop { $0 == UInt8(ascii: "-") }.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    return isSecret(String(decoding: name, as: UTF8.self).uppercased())
}
