import Testing

@testable import Text

@Suite("Durations in words")
struct DurationsTests {
    @Test(
        arguments: [
            (0, "0s behind AWS's"), (-45, "45s ahead of AWS's"), (599, "9m 59s behind AWS's"),
            (1801, "30m behind AWS's"),
            (31_535_999, "365d behind AWS's"), (-31_536_001, "365d ahead of AWS's"),
            (.max, "106751991167300d 15h behind AWS's"), (.min, "106751991167300d 15h ahead of AWS's"),
        ] as [(Int64, String)])
    func aClockIsSaidAsExactlyAsItIsKnown(offset: Int64, words: String) {
        #expect(spoken(clockOffset: offset) == words)
    }

    @Test func theOtherClockIsNamed() {
        #expect(spoken(clockOffset: 60, from: "the endpoint's") == "1m behind the endpoint's")
    }
}
