import Crypto
import Secrets
import Testing

private func seal(_ plaintext: [UInt8], key: [UInt8], associated: [UInt8] = []) throws(CryptoError) -> [UInt8] {
    try associated.span.withUnsafeBytes { (associated) throws(CryptoError) in
        try AEAD.seal(secret(plaintext), key: secret(key), associated: associated)
    }
}

private func open(_ sealed: [UInt8], key: [UInt8], associated: [UInt8] = []) throws(CryptoError) -> [UInt8] {
    try associated.span.withUnsafeBytes { (associated) throws(CryptoError) in
        try sealed.span.withUnsafeBytes { (sealed) throws(CryptoError) in
            try bytes(AEAD.open(sealed, key: secret(key), associated: associated))
        }
    }
}

@Suite("Crypto: AES-256-GCM under keys used once")
struct AEADTests {
    private let key: [UInt8] = Array(0..<32)

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 and 14: those with a 256-bit key and
    /// a nonce of zeros. The other two are from Python's cryptography, with associated data.
    private static let vectors: [(key: [UInt8], plaintext: [UInt8], associated: String, sealed: String)] = [
        (repeated(0, 32), [], "", "530f8afbc74536b9a963b4f1c4cb738b"),
        (
            repeated(0, 32), repeated(0, 16), "",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            Array(0..<32), Array("the ceremony of the keys".utf8), "who comes there?",
            "7ad4d0fed649f1d865c7c74c3843f7b9a62b337343e4195ce237387022b7e6916213d332d1de3caf"
        ),
        (Array(0..<32), [], "who comes there?", "6ad3dd49691b61b1d190ffcd86495156"),
    ]

    @Test("gives the published test cases, both ways", arguments: vectors.indices)
    func published(index: Int) throws {
        let (key, plaintext, associated, sealed) = Self.vectors[index]
        #expect(try seal(plaintext, key: key, associated: Array(associated.utf8)) == bytes(sealed))
        #expect(try open(bytes(sealed), key: key, associated: Array(associated.utf8)) == plaintext)
    }

    @Test("every flipped bit is found")
    func flips() throws {
        let associated = Array("associated".utf8)
        let sealed = try seal(Array("plaintext".utf8), key: key, associated: associated)
        func fails(_ sealed: [UInt8], _ key: [UInt8], _ associated: [UInt8]) -> Bool {
            do throws(CryptoError) {
                _ = try open(sealed, key: key, associated: associated)
                return false
            } catch { return error == .notAuthentic }
        }
        func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            return bytes
        }
        #expect(!fails(sealed, key, associated))
        for bit in 0..<8 * sealed.count { #expect(fails(flipped(sealed, bit), key, associated)) }
        for bit in 0..<8 * key.count { #expect(fails(sealed, flipped(key, bit), associated)) }
        for bit in 0..<8 * associated.count { #expect(fails(sealed, key, flipped(associated, bit))) }
        for size in sealed.indices { #expect(fails(Array(sealed[..<size]), key, associated)) }
        #expect(fails(sealed + [0], key, associated))
        #expect(fails(sealed, key, associated + [0]))
        #expect(fails(sealed, key, []))
    }

    @Test("what is sealed is longer by the tag, and opens", arguments: [0, 1, 15, 16, 17, 4096, 1_000_003])
    func sizes(count: Int) throws {
        let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try seal(plaintext, key: key)
        #expect(sealed.count == count + AEAD.tagSize)
        #expect(try open(sealed, key: key) == plaintext)
    }

    @Test("a key of another size is refused", arguments: [0, 16, 31, 33, 64])
    func keySize(count: Int) {
        #expect(throws: CryptoError.refused("AES-256 key size")) { try seal([1], key: repeated(1, count)) }
        #expect(throws: CryptoError.refused("AES-256 key size")) { try open(repeated(0, 17), key: repeated(1, count)) }
    }
}
