import Testing

@testable import Secrets

@Suite("Base64")
struct Base64Tests {
    private func secret(_ text: String) -> SecretBytes {
        var bytes = SecretBytes(capacity: text.utf8.count)
        bytes.append(text)
        return bytes
    }

    private func text(_ secret: borrowing SecretBytes) -> String { secret.text(0..<secret.count) }

    private func decoded(_ text: String) -> String? {
        let text = secret(text)
        guard let decoded = text.decodedBase64(0..<text.count) else { return nil }
        return self.text(decoded)
    }

    /// RFC 4648 section 10.
    @Test(
        "gives the vectors of RFC 4648, both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"), ("~~?>", "fn4/Pg=="),
        ])
    func vectors(plain: String, encoded: String) {
        let plainBytes = secret(plain)
        let written = plainBytes.withUnsafeBytes { text(SecretBytes(base64: $0)) }
        #expect(written == encoded)
        #expect(decoded(encoded) == plain)
    }

    @Test(
        "is read in both alphabets, with white space, and with or without padding",
        arguments: [
            ("fn4_Pg", "~~?>"), ("fn4/Pg", "~~?>"), (" Zm9v\r\n\tYmE=\n", "fooba"), ("Zg", "f"), ("Zm8", "fo"),
            ("Z g = =", "f"),
        ])
    func tolerant(encoded: String, plain: String) { #expect(decoded(encoded) == plain) }

    @Test(
        "is nothing else",
        arguments: [
            "Z", "Zm9vY", "Zg=", "Zg===", "Zm9v=", "Zm9v====", "=", "====", "Zg==Zg==", "Zm9v!", "Zm\u{0}9v", "é",
            "Zm9v.",
        ])
    func malformed(encoded: String) { #expect(decoded(encoded) == nil) }

    @Test("is read from a part of a text")
    func part() {
        let whole = secret("a.Zm9v.b")
        guard let part = whole.decodedBase64(2..<6) else {
            Issue.record("not decoded")
            return
        }
        let plain = text(part)
        #expect(plain == "foo")
    }
}
