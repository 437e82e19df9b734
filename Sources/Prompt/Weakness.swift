import Secrets

/// Why an attacker with the vault's file would soon guess its passphrase.
public enum PassphraseWeakness: Equatable, Sendable {
    /// It has only so many characters.
    case short(characters: Int)
    /// It is among those that attackers try first.
    case common

    /// A passphrase of this length is not called short.
    public static let enoughCharacters = 12

    /// The weakness of a passphrase; nil if neither its length nor the list shows one.
    public init?(of passphrase: borrowing SecretBytes) {
        if Self.isCommon(passphrase) {
            self = .common
            return
        }
        let characters = Self.characters(of: passphrase)
        guard characters < Self.enoughCharacters else { return nil }
        self = .short(characters: characters)
    }

    /// How many characters a passphrase has.
    public static func characters(of passphrase: borrowing SecretBytes) -> Int {
        var characters = 0
        // Each UTF-8 character has exactly one byte that is not a continuation byte.
        for index in 0..<passphrase.count where passphrase[index] & 0xc0 != 0x80 { characters += 1 }
        return characters
    }

    /// Whether it is on the list, in any case, or repeats one unit: `aaaaaaaaaaaa`, `passwordpassword`.
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

    /// The top of every list of leaked passwords, and well-known examples.
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
