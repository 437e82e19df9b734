import Linux
import Profiles
import RoomSupport
import Secrets
import Testing

@testable import Importing

@Suite("What still holds a secret")
struct LeftoversTests {
    private func pair(_ profile: String, _ secret: String) -> PlaintextPair {
        var bytes = SecretBytes(capacity: secret.utf8.count)
        bytes.append(secret)
        return PlaintextPair(
            profile: profile, accessKeyID: "AKIAALICE0000000", secret: bytes, origin: Origin(path: "", line: 0),
            files: [])
    }

    private func places(_ text: String, _ pairs: [PlaintextPair]) throws -> [String] {
        let home = try TestHome()
        try home.write(text, to: "history")
        let found = Leftovers(of: pairs, in: [home.path + "/history"])
        return withExtendedLifetime(home) { found.places.map { "\($0.profile) \($0.line.map(String.init) ?? "–")" } }
    }

    @Test func theFirstLinesAreNamed() throws {
        let (one, two) = (pair("one", "secret-of-the-one"), pair("two", "secret-of-the-other"))
        let text = "\nsecret-of-the-one secret-of-the-one\n\n\nxsecret-of-the-othersecret-of-the-one\n"
        #expect(try places(text, [one, two]) == ["one 2", "one 5", "two 5"])
        let thrice = ["one 2", "one 5", "one 7", "two 5", "two 10", "two 15"]
        #expect(try places(text + text + text, [one, two]) == thrice)
        #expect(try places("\0" + text, [one]) == ["one –"])
    }

    /// A line is counted once, and not for each place in it or before it: otherwise this takes minutes.
    @Test(.timeLimit(.minutes(1)), arguments: ["\n", " "])
    func manyPlaces(_ separator: String) throws {
        let text = String(repeating: "secret-of-the-one" + separator, count: 400_000)
        #expect(
            try places("\n" + text, [pair("one", "secret-of-the-one")])
                == (separator == "\n" ? ["one 2", "one 3", "one 4"] : ["one 2"]))
    }
}
