import Testing
import Text

@Suite("Text from outside")
struct PrintableTests {
    @Test(
        "what steers a terminal is shown as its number",
        arguments: [
            ("a\u{1b}[31mb", #"a\u{1b}[31mb"#), ("\u{9b}2J", #"\u{9b}2J"#), ("a\u{202e}b", #"a\u{202e}b"#),
            ("a\nb\tc\u{7f}", #"a\u{a}b\u{9}c\u{7f}"#), ("a\u{2028}b\u{200b}", #"a\u{2028}b\u{200b}"#),
            ("grüße 日本 🙂", "grüße 日本 🙂"),
        ])
    func steering(_ text: String, _ shown: String) { #expect(printable(text) == shown) }

    @Test("a word of 64 KiB is cut, and its neighbours are not")
    func cut() {
        let message = abridged("no profile \(String(repeating: "x", count: 65536)) here")
        #expect(message.hasPrefix("no profile xxx") && message.hasSuffix("xxx here") && message.count < 400)
    }

    @Test(
        "a word for a shell",
        arguments: [
            ("/a/b-c", "/a/b-c"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("", "''"), ("$(id)", "'$(id)'"),
        ])
    func words(_ text: String, _ word: String) { #expect(shellWord(text) == word) }
}
