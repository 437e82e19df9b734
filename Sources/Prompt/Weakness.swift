import Secrets

/// Why somebody who has the vault's file would guess its passphrase soon.
public enum PassphraseWeakness: Equatable, Sendable {
    /// It has so few characters.
    case short(characters: Int)
    /// It is among those that are tried first.
    case common

    /// From here on it is not called short.
    public static let enoughCharacters = 12

    /// What is weak about a passphrase; nil where neither length nor list tells.
    public init?(of passphrase: borrowing SecretBytes) {
        if Self.isCommon(passphrase) {
            self = .common
            return
        }
        var characters = 0
        // Each character of UTF-8 has one byte that does not continue another.
        for index in 0..<passphrase.count where passphrase[index] & 0xc0 != 0x80 { characters += 1 }
        guard characters < Self.enoughCharacters else { return nil }
        self = .short(characters: characters)
    }

    /// One of the list, in whatever case, or one thing over and over: `aaaaaaaaaaaa`, `passwordpassword`.
    private static func isCommon(_ passphrase: borrowing SecretBytes) -> Bool {
        guard passphrase.count > 0 else { return false }
        for word in commonest where isRepeated(passphrase, word.utf8CodeUnitCount, { word.utf8Start[$0] }) {
            return true
        }
        return isRepeated(passphrase, 1) { _ in lowercase(passphrase[0]) }
    }

    private static func isRepeated(
        _ passphrase: borrowing SecretBytes, _ count: Int, _ part: (Int) -> UInt8
    ) -> Bool {
        guard passphrase.count.isMultiple(of: count) else { return false }
        for index in 0..<passphrase.count where lowercase(passphrase[index]) != part(index % count) { return false }
        return true
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Those that every list of leaked passwords begins with, and examples that everybody knows.
    private static let commonest: [StaticString] = [
        "123456", "1234567", "12345678", "123456789", "1234567890", "123456789012", "password", "password1",
        "password12", "password123", "password1234", "passw0rd", "p@ssw0rd", "p@ssword", "qwerty", "qwerty123",
        "qwertyuiop", "qwertyuiop123", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qaz2wsx3edc", "qazwsx",
        "asdfghjkl", "zxcvbnm", "abc", "abc123", "abcd1234", "abcdef", "abcdefgh", "abcdefghijkl", "111111",
        "000000", "123123", "123321", "654321", "987654321", "iloveyou", "admin", "administrator", "welcome",
        "welcome1", "welcome123", "letmein", "monkey", "dragon", "sunshine", "princess", "football", "baseball",
        "superman", "batman", "trustno1", "master", "shadow", "secret", "test", "test1234", "changeme",
        "changeit", "default", "root", "toor", "guest", "login", "amazon", "aws", "warder", "passphrase",
        "mypassword", "correcthorsebatterystaple",
    ]
}
