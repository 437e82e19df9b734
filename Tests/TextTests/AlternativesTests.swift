import Testing
import Text

@Suite("Alternatives")
struct AlternativesTests {
    @Test(
        "words are listed as a sentence lists them",
        arguments: [
            ([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c"),
        ] as [([String], String)])
    func listed(words: [String], text: String) { #expect(alternatives(words) == text) }
}
