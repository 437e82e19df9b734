import Secrets

/// A JSON object to send (RFC 8259). It remembers its secrets, so that no answer which repeats one is shown.
struct RequestBody: ~Copyable {
    private(set) var text = SecretBytes("{")
    private var secrets = SentSecrets()

    mutating func add(_ name: String, _ value: String) {
        addName(name)
        addString(value)
    }

    mutating func add(_ name: String, _ values: [String]) {
        addName(name)
        text.append("[")
        for (index, value) in values.enumerated() {
            if index > 0 { text.append(",") }
            addString(value)
        }
        text.append("]")
    }

    mutating func add(_ name: String, secret: borrowing SecretBytes) {
        addName(name)
        text.append("\"")
        for index in 0..<secret.count { addEscaped(secret[index]) }
        secrets.add(secret)
        text.append("\"")
    }

    /// The whole object.
    consuming func finished() -> FinishedBody {
        text.append("}")
        return FinishedBody(text: text, secrets: secrets)
    }

    private mutating func addName(_ name: String) {
        if text.count > 1 { text.append(",") }
        addString(name)
        text.append(":")
    }

    private mutating func addString(_ value: String) {
        text.append("\"")
        for byte in value.utf8 { addEscaped(byte) }
        text.append("\"")
    }

    private mutating func addEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            text.append(UInt8(ascii: "\\"))
            text.append(byte)
        case 0..<32:
            text.append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
        default: text.append(byte)
        }
    }
}

/// A JSON object, ready to be sent.
struct FinishedBody: ~Copyable {
    let text: SecretBytes
    let secrets: SentSecrets
}
