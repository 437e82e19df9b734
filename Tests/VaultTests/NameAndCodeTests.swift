import Secrets
import Testing
import Vault

@Suite("Vault: names and codes")
struct NameAndCodeTests {
    @Test(
        "a name is 1 to 128 of the characters that profiles and IAM users are named with",
        arguments: [
            "a", "alice", "bob@example.com", "a.b_c-d+e=f,g:h/i%j", "-x", "..", String(repeating: "x", count: 128),
        ])
    func name(text: String) { #expect(KeyName(text)?.text == text) }

    @Test(
        "nothing else is a name",
        arguments: [
            "", " ", "al ice", "alice\n", "älice", "a\0b", "a$b", "a`b`", "a'b", "a\"b", "a\\b", "[a]", "a#b", "a;b",
            "a*b", "a\u{1B}[0m", "日本", String(repeating: "x", count: 129),
        ])
    func noName(text: String) { #expect(KeyName(text) == nil) }

    @Test("an identifier has sixteen bytes, and is written as 32 digits")
    func identifier() {
        #expect(VaultIdentifier(Array(0..<16))?.hex == "000102030405060708090a0b0c0d0e0f")
        #expect(VaultIdentifier([UInt8](repeating: 0xFF, count: 16))?.hex == String(repeating: "f", count: 32))
        #expect(VaultIdentifier(Array(0..<15)) == nil && VaultIdentifier(Array(0..<17)) == nil)
    }

    /// Made with another implementation of Crockford's base32.
    private static let codes = [
        ("000102030405060708090a0b0c0d0e0f10111213", "000G-40R4-0M30-E209-185G-R38E-1W81-24GK"),
        ("0000000000000000000000000000000000000000", "0000-0000-0000-0000-0000-0000-0000-0000"),
        ("ffffffffffffffffffffffffffffffffffffffff", "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
    ]

    @Test("a recovery code is shown in groups of four, and read back", arguments: codes)
    func code(bytes: String, shown: String) throws {
        #expect(secretText(RecoveryCode.text(of: secret(hex: bytes))) == shown)
        let read = try hex(RecoveryCode.bytes(ofText: secret(shown)))
        #expect(read == bytes)
    }

    @Test(
        "a code is read as people type it",
        arguments: [
            "000g-40r4-0m30-e209-185g-r38e-1w81-24gk", "000G40R40M30E209185GR38E1W8124GK",
            "OOOG 4OR4 OM3O E2O9 I85G R38E LW8I 24GK\n", "ooog-4or4-om3o-e2o9-i85g-r38e-lw8l-24gk",
            "\t--000G--40R4 0M30\r\nE209-185G-R38E-1W81-24GK-- ",
        ])
    func typed(text: String) throws {
        let read = try hex(RecoveryCode.bytes(ofText: secret(text)))
        #expect(read == Self.codes[0].0)
    }

    @Test(
        "what cannot be a code is refused",
        arguments: [
            "", "-", "000G-40R4-0M30-E209-185G-R38E-1W81-24G", "000G-40R4-0M30-E209-185G-R38E-1W81-24GK0",
            "U00G-40R4-0M30-E209-185G-R38E-1W81-24GK", "u00G-40R4-0M30-E209-185G-R38E-1W81-24GK",
            "000G_40R4_0M30_E209_185G_R38E_1W81_24GK", "000G-40R4-0M30-E209-185G-R38E-1W81-24G\0",
            "000G-40R4-0M30-E209-185G-R38E-1W81-24Gé",
        ])
    func malformed(text: String) {
        #expect(throws: VaultError.malformedRecoveryCode) { _ = try RecoveryCode.bytes(ofText: secret(text)) }
    }
}
