import Profiles
import RoomSupport
import Secrets
import Testing

@testable import Importing

private let identifier = "AKIAALICE00000000000"
private let secretText = "abcdefghijklmnopqrstuvwxyz+/ABCDEFGH1234"
private let other = "AKIABOB0000000000000"
private let session = "ASIAALICE00000000000"

@Suite("Keys in a text of any kind")
struct LooseKeysTests {
    /// A text, in which `I` is an id, `J` another, `A` a session's and `S` a secret.
    private func keys(_ text: String) -> LooseKeys {
        var whole = ""
        for character in text {
            switch character {
            case "I": whole += identifier
            case "J": whole += other
            case "A": whole += session
            case "S": whole += secretText
            default: whole.append(character)
            }
        }
        return LooseKeys(in: secret(whole))
    }

    private func found(_ text: String) -> [String] {
        keys(text).keys.map { key in
            let owner = key.identifier == identifier ? "I" : key.identifier == other ? "J" : key.identifier ?? "–"
            return "\(owner)\(key.identifierLine) S\(key.line):\(key.column)" + (key.isAlone ? " alone" : "")
        }
    }

    @Test(arguments: [
        ("aws_access_key_id = I\naws_secret_access_key = S\n", "I1 S2:24 alone"),
        ("\n\nexport aws_secret_access_key='S'\nexport aws_access_key_id=I", "I4 S3:30 alone"),
        ("I:S", "I1 S1:21"), ("# aws_access_key_id=I\n# aws_secret_access_key=S", "I1 S2:24"),
        ("set -gx x I\nset -gx y S\n", "I1 S2:10"), ("{\"k\": \"I\", \"s\": \"S\"}", "I1 S1:36"),
        ("aws_secret_access_key=S", "–1 S1:22"), ("aws: {secret_key: S", "–1 S1:18"),
        ("Xaws_secret_key: S", "–1 S1:17"),
    ])
    func aKeyIsFound(_ text: String, _ expected: String) {
        #expect(found(text) == [expected])
    }

    @Test(arguments: [
        "I", "S", "client_secret = S", "I\n\n\n\n\nS", "aws_secret_access_key=Sx", "aws_secret_access_key=xS",
        "A S", "A\naws_secret_access_key=S", "aws_secret_access_key=S\naws_session_token=x",
        "aws_secret_access_key=S\n\n\n\"sessionToken\"", "",
        "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "I da39a3ee5e6b4b0d3255bfef95601890afd80709", "aws_secret_access_key\nS", "secret_key: S",
        "stripe_secret_key=S",
    ])
    func noKeyIsFound(_ text: String) {
        #expect(found(text).isEmpty)
    }

    @Test func eachSecretHasItsOwnIdentifier() {
        #expect(found("I\nS\nJ\nS\n") == ["I1 S2:0 alone", "J3 S4:0 alone"])
        #expect(found("secretkey S\nI\nsecretkey S\nJ\n") == ["I2 S1:10", "I2 S3:10"])
        #expect(found("I S\nA S\nJ S") == ["I1 S1:21 alone", "J3 S3:21 alone"])
    }

    @Test(arguments: [
        "aws_access_key_id = I\naws_secret_access_key = S\n",
        "export aws_secret_access_key='S'\nexport aws_access_key_id=I",
        "I:S", "# aws_access_key_id=I\n# aws_secret_access_key=S", "{\"k\": \"I\", \"s\": \"S\"}",
        "x_access_key_id_y: I\n  x_secret_access_key_y: S",
        "set -gx aws_access_key_id I\nset -gx aws_secret_access_key S",
        ": 17:0;export aws_access_key=I\n: 18:0;export aws_secret_key=S", "# I\naccess_key=I\nsecret_key=S",
        "I\nS\nJ\nS",
        "{\"access_key_id\": \"I\",\n\"secret_access_key\": \"S\"}",
        "set access_key I --profile p\nset secret_key S --profile p; ls", "J\n\n\n\nI\nS",
        "I\nS\n\n\n\naws_secret_access_key=S",
    ])
    func theIdentifierIsCertain(_ text: String) {
        #expect(keys(text).keys.first?.belonging == .certain)
    }

    @Test(arguments: [
        "I\n\nS", "x I\ny S", "x_access_key=I\ny_secret_key=S", "#access_key=I\nsecret_key=S",
        "access_key=I\nsecret_keys=S", "set access_key I --profile p\nset secret_key S --profile q",
        "I \(String(repeating: " ", count: 600)) S",
    ])
    func theIdentifierIsLikely(_ text: String) {
        #expect(keys(text).keys.map(\.belonging) == [.likely])
    }

    @Test(arguments: [
        "I\nJ\nS\nS", "J\nI\nS", "I\nS\nS", "S\nI\nS", "S\nS\nI", "S\nI\nJ", "A\nI\nS", "aws_secret_access_key=S",
    ])
    func theIdentifierIsDoubtful(_ text: String) {
        let keys = keys(text).keys
        #expect(!keys.isEmpty && keys.allSatisfy { $0.belonging == .doubtful })
    }

    @Test func aKeyIsComparedToThoseOfProfiles() {
        func pair(_ identifier: String, _ text: String) -> PlaintextPair {
            PlaintextPair(
                profile: "p", accessKeyID: identifier, secret: secret(text), origin: Origin(path: "", line: 1),
                files: [])
        }
        func twin(_ text: String, _ pairs: PlaintextPair...) -> LooseKeys.Twin? {
            LooseKeys(in: secret(text), beside: pairs).keys.first?.twin
        }
        let whole = "\(identifier) \(secretText)"
        let different = String(secretText.reversed())
        #expect(twin(whole) == LooseKeys.Twin.none)
        #expect(twin(whole, pair(identifier, secretText)) == .same)
        #expect(twin(whole, pair(identifier, different)) == .other)
        #expect(twin(whole, pair(identifier, different), pair(identifier, secretText)) == .same)
        #expect(twin(whole, pair(other, secretText)) == LooseKeys.Twin.none)
        #expect(twin("aws_secret_access_key=\(secretText)", pair(other, secretText)) == .same)
        #expect(twin("aws_secret_access_key=\(secretText)", pair(other, different)) == LooseKeys.Twin.none)
    }

    /// The line after the token ends the session's part, the next key is long-term.
    @Test func aSessionsTokenDoesNotHideAKeyWithAnIdentifier() {
        #expect(found("I\nS\nunset aws_session_token\n") == ["I1 S2:0 alone"])
    }

    @Test func whatIsNotTextIsNamedSo() {
        #expect(keys("I\0S").isText == false && keys("I\0S").keys.count == 1)
        #expect(keys("I S").isText)
    }

    /// Otherwise this takes minutes.
    @Test(.timeLimit(.minutes(1)), arguments: ["I", "S", "I S", "aws_secret_access_key=S ", "token "])
    func many(_ word: String) {
        #expect(keys(String(repeating: word + "\n", count: 50_000)).keys.count <= 64)
    }

    @Test func aFileIsReadToALimit() throws {
        let home = try TestHome()
        try home.write("x\n" + identifier + "\n" + secretText + "\n", to: "a")
        let whole = LooseKeys(file: home.path + "/a", limit: 1 << 20)
        #expect(whole?.isWhole == true && whole?.keys.count == 1 && whole?.size == 64)
        #expect(LooseKeys(file: home.path + "/a", limit: 10)?.isWhole == false)
        #expect(LooseKeys(file: home.path, limit: 10) == nil && LooseKeys(file: "/dev/zero", limit: 10) == nil)
        withExtendedLifetime(home) {}
    }
}
