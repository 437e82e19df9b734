import Testing
import Text

@Suite("Text for people")
struct ShownTests {
    /// What a terminal acts on, shows nothing of, or turns about.
    static let hostile = [
        "\u{1b}[2J", "\u{9b}2J", "\u{202e}", "\u{2066}", "\n", "\r", "\t", "\u{2028}", "\u{7f}", "\u{7}", "\u{200b}",
    ]

    @Test("escapes what is put into it, and nothing of the code's own", arguments: hostile)
    func escapes(outside: String) {
        let shown: Shown = "name\t\(outside)\n\(outside[...]) \(7)\n"
        #expect(shown.text == "name\t" + printable(outside) + "\n" + printable(outside) + " 7\n")
        #expect(!shown.text.unicodeScalars.contains { isInvisible($0) && $0 != "\t" && $0 != "\n" })
        #expect(Shown(outside).text == printable(outside))
    }

    @Test("is put together without being escaped twice")
    func sums() {
        let name: Shown = "\("\u{1b}")"
        var whole: Shown = "a\n"
        whole += "\(name)" + "\n"
        #expect(whole.text == "a\n\\u{1b}\n")
    }

    @Test(
        "is cut where it would be too long",
        arguments: [("abc", 3, "abc"), ("abcd", 3, "abc…"), ("\u{1b}b", 1, "\\u{1b}…")])
    func limits(text: String, limit: Int, shown: String) { #expect(printable(text, limit: limit) == shown) }
}
