import Secrets

/// A JSON object to send (RFC 8259). It remembers its secrets, so that no answer which repeats one is shown.
struct RequestBody: ~Copyable {
    private(set) var text = SecretBytes("{")
    private var secrets = SentSecrets()

    mutating func add(_ name: String, _ value: String) {
        addName(name)
        text.appendQuoted(value)
    }

    mutating func add(_ name: String, _ values: [String]) {
        addName(name)
        text.append("[")
        for (index, value) in values.enumerated() {
            if index > 0 { text.append(",") }
            text.appendQuoted(value)
        }
        text.append("]")
    }

    mutating func add(_ name: String, secret: borrowing SecretBytes) {
        addName(name)
        text.appendQuoted(secret)
        secrets.add(secret)
    }

    /// The whole object.
    consuming func finished() -> FinishedBody {
        text.append("}")
        return FinishedBody(text: text, secrets: secrets)
    }

    private mutating func addName(_ name: String) {
        if text.count > 1 { text.append(",") }
        text.appendQuoted(name)
        text.append(":")
    }
}

extension SecretBytes {
    /// Appends a JSON string with this content, which is not secret.
    mutating func appendQuoted(_ value: String) {
        append("\"")
        for byte in value.utf8 { appendEscaped(byte) }
        append("\"")
    }

    /// Appends a JSON string with this content.
    mutating func appendQuoted(_ secret: borrowing SecretBytes) {
        append("\"")
        for index in 0..<secret.count { appendEscaped(secret[index]) }
        append("\"")
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            append(UInt8(ascii: "\\"))
            append(byte)
        case 0..<32:
            append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
        default: append(byte)
        }
    }
}

/// A JSON object, ready to be sent.
struct FinishedBody: ~Copyable {
    let text: SecretBytes
    let secrets: SentSecrets
}
