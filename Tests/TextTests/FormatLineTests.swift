import Testing

@testable import Text

@Suite("Text: files of a later format")
struct FormatLineTests {
    @Test(arguments: ["warder-note 2\n", "warder-note2\n", "warder-note 10\nmore", "warder-note 999999999\n"])
    func later(_ text: String) { #expect(isOfLaterFormat(text.utf8, "note")) }

    @Test(
        "the first format, another one, and what is neither",
        arguments: [
            "", "7\n", "warder-note\n", "warder-note 1\n", "warder-note1\n", "warder-note 2", "warder-notes 2\n",
            "warder-note  2\n", "warder-note two\n", "warder-note 2 \n", "warder-note 99999999999\n",
            " warder-note 2\n",
        ])
    func notLater(_ text: String) { #expect(!isOfLaterFormat(text.utf8, "note")) }
}
