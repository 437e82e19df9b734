import Secrets

/// A JSON object to send (RFC 8259). It remembers its secrets, so that no answer which repeats one is shown.
struct RequestBody: ~Copyable {
    private(set) var text = SecretBytes("{")
    private var secrets = SentSecrets()

    mutating func add(_ name: String, _ value: String) {
        addName(name)
        text.appendJSONQuoted(value)
    }

    mutating func add(_ name: String, _ values: [String]) {
        addName(name)
        text.append("[")
        for (index, value) in values.enumerated() {
            if index > 0 { text.append(",") }
            text.appendJSONQuoted(value)
        }
        text.append("]")
    }

    mutating func add(_ name: String, secret: borrowing SecretBytes) {
        addName(name)
        text.appendJSONQuoted(secret)
        secrets.add(secret)
    }

    /// The whole object.
    consuming func finished() -> FinishedBody {
        text.append("}")
        return FinishedBody(text: text, secrets: secrets)
    }

    private mutating func addName(_ name: String) {
        if text.count > 1 { text.append(",") }
        text.appendJSONQuoted(name)
        text.append(":")
    }
}

/// A JSON object, ready to be sent.
struct FinishedBody: ~Copyable {
    let text: SecretBytes
    let secrets: SentSecrets
}
