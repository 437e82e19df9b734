import RoomSupport
import Testing

@testable import Diagnosing
@testable import Importing

private let kept = "AKIAALICE00000000000"
private let lost = "AKIABOB0000000000000"
private let secretText = "abcdefghijklmnopqrstuvwxyz+/ABCDEFGH1234"

@Suite("The command for a file with keys in plain text")
struct PlaintextFileTests {
    private func file(_ text: String, _ path: String, _ kind: LeftoverPlace.Kind) -> PlaintextFile {
        let search = LooseKeys(in: secret(text))
        return PlaintextFile(
            place: LeftoverPlace(path: path, kind: kind), keys: search.keys, isText: search.isText,
            isSearchedWhole: true,
            stored: [kept])
    }

    private func command(_ text: String, _ path: String = "/f", _ kind: LeftoverPlace.Kind = .copy) -> String {
        file(text, path, kind).command(keepingAs: "default")
    }

    private func pair(_ identifier: String) -> String {
        "aws_access_key_id=\(identifier)\naws_secret_access_key=\(secretText)\n"
    }

    private let sed = "LC_ALL=C sed -i --follow-symlinks -E"

    /// Empties lines that hold an id and those that hold a secret, by turns.
    private func emptied(_ lines: ClosedRange<Int>, _ rest: String = "") -> String {
        let parts = ["AKIA[A-Z0-9]{12}", "(^|[^A-Za-z0-9+/])[A-Za-z0-9+/]{40}([^A-Za-z0-9+/]|$)"]
        let edits = lines.enumerated().map { "\($1){\\,\(parts[$0 % 2]),s/[^[:blank:]].*/\(rest)/}" }
        return "'" + edits.joined(separator: ";") + "'"
    }

    @Test func whatIsKeptElsewhereGoes() {
        #expect(command(pair(kept)) == "\(sed) \(emptied(1...2)) /f")
        #expect(command(pair(kept), "/a b") == "\(sed) \(emptied(1...2)) '/a b'")
        #expect(command("\n" + pair(kept) + pair(kept)) == "\(sed) \(emptied(2...5)) /f")
        #expect(
            command("\(kept) \(secretText) x")
                == "\(sed) '1s,^(.{21})[A-Za-z0-9+/]{40}([^A-Za-z0-9+/]|$),\\1REMOVED\\2,' /f")
    }

    @Test func aBlockIsLeftWithSomething() {
        #expect(command(pair(kept), "/h/.bashrc", .startUp) == "\(sed) \(emptied(1...2, ":")) /h/.bashrc")
        for path in ["/h/.pam_environment", "/h/config.fish", "/h/config.nu"] {
            #expect(!command(pair(kept), path, .startUp).contains(":/}"))
        }
    }

    @Test func aLineOfAHistoryStays() {
        #expect(
            command(pair(kept), "/h", .history)
                == "\(sed) '2s,^(.{22})[A-Za-z0-9+/]{40}([^A-Za-z0-9+/]|$),\\1REMOVED\\2,' /h")
    }

    @Test func whatIsNotTextGoesAsAWhole() {
        #expect(command("\0\(kept) \(secretText)", "/.f.swp") == "rm /.f.swp")
        #expect(command("\0\(kept) \(secretText)", "/f") == "ls -l /f")
        #expect(command(pair(kept), "/c", .cache) == "rm /c")
        #expect(file("\0\(kept) \(secretText)", "/f", .copy).position == "/f")
    }

    @Test func theOnlyCopyIsStoredFirst() {
        #expect(
            command(pair(kept) + pair(lost))
                == "sed -n '3p;4p' /f | warder add default --stdin && \(sed) \(emptied(3...4)) /f")
        #expect(file(pair(kept) + pair(lost), "/f", .copy).position == "/f:4")
        #expect(command("\0\(lost) \(secretText)") == "warder add default")
        #expect(command("\(lost) \(secretText) x") == "warder add default")
        #expect(command(pair(lost), "/h", .history) == "warder add default")
    }

    /// That the store has the id says nothing of the secret.
    @Test func whatMayBeAnotherKeysIsForAPerson() {
        #expect(command("\(lost)\n\(kept)\nx \(secretText)\n") == "${EDITOR:-vi} +3 /f")
        #expect(command("x\0\(lost) \(kept) \(secretText)", "/.f.swp") == "ls -l /.f.swp")
        #expect(command("\(kept)\n\(lost)\n\(secretText)\n") == "warder add default")
        #expect(command("\(kept)\n\n\(secretText)\n") == "${EDITOR:-vi} +3 /f")
        #expect(command("\(lost)\n\n\(secretText)\n").hasPrefix("sed -n '1p;3p' /f | warder add default --stdin && "))
    }

    @Test func whatHasNoIdentifierIsForAPerson() {
        #expect(command("\naws_secret_access_key=\(secretText)") == "${EDITOR:-vi} +2 /f")
    }

    @Test func aPlaceFarInALineIsForAPerson() {
        let line = String(repeating: " ", count: 33_000)
        #expect(command("\(line)\(kept) \(secretText) x") == "${EDITOR:-vi} +1 /f")
    }
}
