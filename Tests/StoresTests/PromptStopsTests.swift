import Failures
import Testing

@testable import Stores

@Suite("Stores: Ctrl-Z at a prompt")
struct PromptStopsTests {
    @Test("a prompt ends by itself only within work that can be begun anew")
    func unwinds() throws {
        let stops = PromptStops()
        #expect(!stops.cancellation().unwinds)
        try stops.resuming { () throws(Failure) in
            #expect(stops.cancellation().unwinds)
            try stops.resuming { () throws(Failure) in #expect(stops.cancellation().unwinds) }
            #expect(stops.cancellation().unwinds, "the inner one leaves it to the outer")
        }
        #expect(!stops.cancellation().unwinds)
    }

    @Test("a failure passes through, and is no reason to begin anew")
    func failures() {
        let stops = PromptStops()
        var count = 0
        let failure = refusal {
            try stops.resuming(release: { Issue.record("nothing was stopped") }) { () throws(Failure) in
                count += 1
                throw Failure(.locked, "no", hint: "none")
            }
        }
        #expect(failure?.message == "no" && count == 1)
        #expect(!stops.cancellation().unwinds)
    }

    @Test("within another, a stop passes through to where nothing is held")
    func nested() throws {
        let stops = PromptStops()
        var passed: Failure.Cause?
        try stops.resuming { () throws(Failure) in
            do throws(Failure) {
                try stops.resuming(release: { Issue.record("the outer one lets go") }) { () throws(Failure) in
                    throw .stopped
                }
            } catch { passed = error.cause }
        }
        guard case .stopped? = passed else {
            Issue.record("it did not pass through")
            return
        }
    }
}
