import Secrets
import Testing

@Suite struct Base64URLTests {
    private func text(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { (bytes) -> String in
            let encoded = SecretBytes(base64URL: bytes)
            return encoded.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(
        "the vectors of RFC 4648, section 10, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(plain: String, encoded: String) { #expect(text(Array(plain.utf8)) == encoded) }

    @Test("the two letters that URLs want different")
    func lettersForURLs() {
        #expect(text([0xfb, 0xff]) == "-_8")
        #expect(text([0xff, 0xfe, 0xfb, 0xef]) == "__777w")
    }

    @Test("every length of random bytes is as long as it must be")
    func lengths() {
        for count in 0..<70 {
            #expect(text([UInt8](repeating: 0x5a, count: count)).utf8.count == (count * 4 + 2) / 3)
        }
    }
}
