import Crypto
import Secrets
import Testing

@Suite("Crypto: SHA-256 and HMAC")
struct HashingTests {
    @Test(
        "SHA-256 gives the examples of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha(text: String, digest: String) throws {
        #expect(try Array(text.utf8).withUnsafeBytes { try sha256($0) } == bytes(digest))
    }

    /// RFC 4231 section 4; case 5 cuts the tag to 128 bits.
    private static let rfc4231: [(key: [UInt8], message: [UInt8], tag: String)] = [
        (
            repeated(0x0B, 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            repeated(0xAA, 20), repeated(0xDD, 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), repeated(0xCD, 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (repeated(0x0C, 20), Array("Test With Truncation".utf8), "a3b6167473100ee06e0c796c2955552b"),
        (
            repeated(0xAA, 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            repeated(0xAA, 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test("HMAC gives the test cases of RFC 4231", arguments: rfc4231.indices)
    func hmac(index: Int) throws {
        let (key, message, expected) = Self.rfc4231[index]
        let tag = try message.withUnsafeBytes { try hmacSHA256(key: secret(key), $0) }
        let derived = try message.withUnsafeBytes { try bytes(secretHMACSHA256(key: secret(key), $0)) }
        #expect(tag.count == 32)
        #expect(Array(tag.prefix(expected.utf8.count / 2)) == bytes(expected))
        #expect(derived == tag)
    }

    /// Which of the two is used depends on libcrypto's FIPS mode, so neither may differ from the other.
    @Test("HMAC composed of SHA-256 and libcrypto's own are the same", arguments: [0, 1, 31, 32, 63, 64, 65, 128, 500])
    func bothWays(size: Int) throws {
        for messageSize in [0, 1, 55, 56, 64, 1000] {
            let key = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
            let message = (0..<messageSize).map { UInt8(truncatingIfNeeded: $0 * 13 + 5) }
            var composed = repeated(0, 32)
            var library = repeated(1, 32)
            try key.withUnsafeBytes { key in
                try message.withUnsafeBytes { message in
                    try composed.withUnsafeMutableBytes { try composedHMAC(key: key, message, into: $0) }
                    try library.withUnsafeMutableBytes { try libraryHMAC(key: key, message, into: $0) }
                }
            }
            #expect(composed == library)
        }
    }

    @Test("an HMAC of nothing under nothing is one too")
    func empty() throws {
        let tag = try hmacSHA256(key: SecretBytes(capacity: 0), UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(tag == bytes("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"))
    }

    @Test("bytes are equal when all of them are")
    func equality() {
        func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
            a.withUnsafeBytes { a in b.withUnsafeBytes { b in equalInConstantTime(a, b) } }
        }
        #expect(equal([], []) && equal([1, 2, 3], [1, 2, 3]))
        #expect(!equal([1, 2, 3], [1, 2]) && !equal([1, 2, 3], [0, 2, 3]) && !equal([1, 2, 3], [1, 2, 2]))
        for bit in 0..<256 {
            var other = repeated(0x5A, 32)
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!equal(repeated(0x5A, 32), other))
        }
    }
}
