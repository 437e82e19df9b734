import Failures
import Testing

@Suite("A length of time that somebody types")
struct DurationTests {
    private func wanted(_ text: String) throws(Failure) -> Int {
        try seconds(ofDuration: text, in: 60...86_400, "a time to wait", hint: "give 1m to 24h") {
            Failure(.usage, $0, hint: $1)
        }
    }

    @Test(arguments: [("1m", 60), ("8h", 28_800), ("1h30m", 5400), ("24h", 86_400), ("1d", 86_400)])
    func isTaken(_ text: String, _ seconds: Int) throws {
        #expect(try wanted(text) == seconds)
    }

    @Test(arguments: ["", "0", "x", "-1h", "1y", "99999999999h", "59s", "25h", "1.5h", "1h "])
    func isNone(_ text: String) {
        let failure = #expect(throws: Failure.self) { try wanted(text) }
        #expect(failure?.code == .usage)
        #expect(failure?.message == "\(text) is not a time to wait" && failure?.hint == "give 1m to 24h")
    }

    /// What was meant by a number alone, where it can be told.
    @Test(arguments: [("8", "write 8h or 8m"), ("30", "write 30m"), ("999999", "give 1m to 24h")])
    func hasNoUnit(_ text: String, _ hint: String) {
        let failure = #expect(throws: Failure.self) { try wanted(text) }
        #expect(failure?.message == "\(text) has no unit" && failure?.hint == hint)
    }
}
