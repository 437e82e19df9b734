import RoomSupport
import STS
import Secrets
import Setup
import Synchronization
import Testing
import Transport

@testable import Diagnosing

/// The ten seconds that all requests have together.
@Suite struct OnlineTimeTests {
    /// A server that lets `seconds` pass before it gives up.
    private final class SlowSender: HTTPSender, Sendable {
        let clock: TestClock
        let seconds: Int64
        let timeouts = Mutex<[Int]>([])

        init(_ clock: TestClock, seconds: Int64) { (self.clock, self.seconds) = (clock, seconds) }

        func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
            let timeout = request.timeout
            timeouts.withLock { $0.append(timeout) }
            clock.advance(min(seconds, Int64(timeout) / 1000))
            throw .timedOut(host: request.url.host, sent: true)
        }
    }

    private func request(timeout: Int) throws -> HTTPRequest {
        HTTPRequest(
            method: "POST", url: try ServiceURL("https://sts.amazonaws.com"), query: secret("q"),
            secretHeader: SecretHeader("X-Amz-Security-Token", secret("t")), body: secret("b"), timeout: timeout,
            isOnce: true)
    }

    private func error(of sender: any HTTPSender, timeout: Int) throws -> TransportError? {
        let request = try request(timeout: timeout)
        do throws(TransportError) {
            _ = try sender.send(request)
            return nil
        } catch { return error }
    }

    @Test func requestsGetNoMoreThanIsLeft() throws {
        let clock = TestClock()
        let slow = SlowSender(clock, seconds: 4)
        let home = try TestHome(clock: clock, sender: slow)
        let world = OnlineTime(clock.timing).limiting(try home.context().world)
        let sender = try world.sender(nil)
        #expect(try error(of: sender, timeout: 4000) == .timedOut(host: "sts.amazonaws.com", sent: true))
        #expect(try error(of: sender, timeout: 4000) == .timedOut(host: "sts.amazonaws.com", sent: true))
        let cut = try error(of: sender, timeout: 4000)
        #expect(cut?.isOwn == true && cut?.isCertainlyUnsent == false)
        let late = try error(of: sender, timeout: 4000)
        #expect(late?.isOwn == true && late?.isCertainlyUnsent == true)
        #expect(slow.timeouts.withLock { $0 } == [4000, 4000, 2000])
        withExtendedLifetime(home) {}
    }

    @Test func pausesEndWithIt() throws {
        let clock = TestClock()
        let home = try TestHome(clock: clock)
        let time = OnlineTime(clock.timing)
        let world = time.limiting(try home.context().world)
        world.timing.sleep(7_000)
        #expect(!time.isUp)
        world.timing.sleep(7_000)
        #expect(clock.sleeps == [7_000, 3_000] && time.isUp)
        withExtendedLifetime(home) {}
    }

    @Test func aLimitedRequestIsTheSameRequest() throws {
        let sender = ReplayingSender([.answer(200, ""), .answer(200, "")])
        _ = try sender.send(request(timeout: 4000))
        _ = try sender.send(request(timeout: 4000).limited(to: 100))
        let (whole, limited) = (sender.requests[0], sender.requests[1])
        #expect(whole.method == limited.method && whole.url == limited.url && whole.query == limited.query)
        #expect(whole.body == limited.body && whole.isOnce == limited.isOnce && limited.hasSecretHeader)
        #expect(try request(timeout: 4000).limited(to: 100).timeout == 100)
        #expect(try request(timeout: 50).limited(to: 100).timeout == 50)
    }
}
