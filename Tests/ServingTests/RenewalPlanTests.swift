import Testing

@testable import Serving

@Suite("when to renew") struct RenewalPlanTests {
    private let margin: Int64 = 960

    @Test("with enough left, not at all") func fresh() {
        var plan = RenewalPlan(end: 10_000, margin: margin)
        let wanted = plan.ask(at: 10_000 - margin, uptime: 0)
        #expect(!wanted)
        #expect(plan.isValid(at: 9_998) && !plan.isValid(at: 9_999))
    }

    @Test("below the margin, when somebody asks") func asked() {
        var plan = RenewalPlan(end: 10_000, margin: margin)
        #expect(!plan.isDueAhead(at: 9_998, uptime: 0))
        let wanted = plan.ask(at: 10_000 - margin + 1, uptime: 0)
        #expect(wanted)
    }

    @Test("ahead of the next request, where somebody has asked before and they are still good") func ahead() {
        var plan = RenewalPlan(end: 10_000, margin: margin)
        _ = plan.ask(at: 0, uptime: 0)
        #expect(!plan.isDueAhead(at: 9_000, uptime: 0))
        #expect(plan.isDueAhead(at: 9_100, uptime: 0))
        #expect(!plan.isDueAhead(at: 9_999, uptime: 0))
        plan.succeeded(end: 20_000, margin: margin, uptime: 0)
        #expect(!plan.isDueAhead(at: 19_998, uptime: 1_000_000))
    }

    @Test("sessions shorter than the margin are not renewed at each request") func short() {
        var plan = RenewalPlan(end: 900, margin: margin)
        let first = plan.ask(at: 0, uptime: 0)
        plan.succeeded(end: 900, margin: margin, uptime: 100)
        let (second, third) = (plan.ask(at: 1, uptime: 1_100), plan.ask(at: 61, uptime: 60_100))
        #expect(first && !second && third)
    }

    @Test("once they have ended, at once after a success and soon after a failure") func ended() {
        var plan = RenewalPlan(end: 100, margin: margin)
        plan.succeeded(end: 101, margin: margin, uptime: 1_000)
        let afterSuccess = plan.ask(at: 101, uptime: 1_001)
        #expect(afterSuccess)
        plan.failed(uptime: 2_000)
        let (soon, later) = (plan.ask(at: 102, uptime: 4_999), plan.ask(at: 102, uptime: 5_000))
        #expect(!soon && later)
    }

    @Test("after a failure while they are good, not before a minute") func failed() {
        var plan = RenewalPlan(end: 1_000, margin: margin)
        plan.failed(uptime: 0)
        let (soon, later) = (plan.ask(at: 500, uptime: 59_999), plan.ask(at: 500, uptime: 60_000))
        #expect(!soon && later)
    }
}
