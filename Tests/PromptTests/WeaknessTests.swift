import Prompt
import Secrets
import Testing

private func weakness(_ text: String) -> PassphraseWeakness? {
    var passphrase = SecretBytes(capacity: 64)
    passphrase.append(text)
    return PassphraseWeakness(of: passphrase)
}

@Suite("Weak passphrases")
struct WeaknessTests {
    @Test(
        "short ones, by characters",
        arguments: [
            ("x7", 2), ("tr0ub4dor&3", 11), ("äöüßéèêñç", 9), ("雪月花雪月風", 6), ("sdf sdfg dfg", nil),
            ("雪月花雪月花雪月風雪月夜", nil),
        ]
            as [(String, Int?)])
    func short(_ text: String, _ count: Int?) {
        #expect(weakness(text) == count.map { .short(characters: $0) })
    }

    @Test(
        "those that everybody tries, in whatever case and however often",
        arguments: [
            "abc", "ABC", "password", "PassWord1234", "passwordpassword", "123456789012", "aaaaaaaaaaaaaaaa",
            "AAAAaaaaAAAA",
            "correcthorsebatterystaple", "abcabcabcabc",
        ])
    func common(_ text: String) { #expect(weakness(text) == .common) }

    @Test(
        "others are none",
        arguments: ["correct horse battery staple", "passwordpasswore", "aaaaaaaaaaaaaaaab", "abcabcabcabx"])
    func good(_ text: String) { #expect(weakness(text) == nil) }
}
