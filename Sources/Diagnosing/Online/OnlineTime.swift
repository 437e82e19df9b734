import Setup
import Times
import Transport

/// The time that all requests of one `doctor --online` have together, so that a dead network does not take minutes.
struct OnlineTime: Sendable {
    /// Milliseconds.
    static let limit: Int64 = 10_000

    private let timing: Timing
    private let end: Int64

    init(_ timing: Timing) {
        self.timing = timing
        end = timing.uptime() + Self.limit
    }

    /// Milliseconds.
    var remaining: Int64 { max(0, end - timing.uptime()) }

    var isUp: Bool { remaining == 0 }

    /// Does `work`, and says how many milliseconds it took.
    func measured<R: ~Copyable, E: Error>(_ work: () throws(E) -> R) throws(E) -> Timed<R> {
        let start = timing.uptime()
        let result = try work()
        return Timed(result: result, milliseconds: timing.uptime() - start)
    }

    /// A world whose requests end when this time is up. It hardly waits for other processes, and repeats requests that
    /// failed a moment ago, in another process or in this one for another profile, rather than share their failure.
    func limiting(_ world: World) -> World {
        var limited = world
        let (time, sleep) = (self, world.timing.sleep)
        limited.timing.sleep = { sleep(min($0, time.remaining)) }
        let senders = SharedSenders(world.sender, time)
        limited.sender = { (caBundle) throws(TransportError) in try senders.sender(caBundle) }
        limited.waits.withoutPrompt = 1_000
        limited.waits.forTokenRenewal = 1_000
        limited.waits.sharedFailureLifetime = nil
        return limited
    }
}

/// A result, and how long it took.
struct Timed<R: ~Copyable>: ~Copyable {
    let result: R
    let milliseconds: Int64
}

extension Timed: Copyable where R: Copyable {}

/// One sender for each bundle of certificates, so that all requests to a host share a connection.
private final class SharedSenders {
    private let make: (_ caBundle: String?) throws(TransportError) -> any HTTPSender
    private let time: OnlineTime
    private var made: [String?: LimitedSender] = [:]

    init(_ make: @escaping (_ caBundle: String?) throws(TransportError) -> any HTTPSender, _ time: OnlineTime) {
        self.make = make
        self.time = time
    }

    func sender(_ caBundle: String?) throws(TransportError) -> any HTTPSender {
        if let sender = made[caBundle] { return sender }
        let sender = LimitedSender(sender: try make(caBundle), time: time)
        made[caBundle] = sender
        return sender
    }
}

/// Sends requests while there is time. That there is none says nothing about the network: the error is this process's
/// own, which is neither tried again nor shared with other processes.
private struct LimitedSender: HTTPSender {
    let sender: any HTTPSender
    let time: OnlineTime

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        let remaining = Int(time.remaining)
        guard remaining > 0 else { throw .shortage(reason: Self.reason, sent: false) }
        do throws(TransportError) {
            return try sender.send(request.limited(to: remaining))
        } catch {
            guard case .timedOut(_, let sent) = error, remaining < request.timeout else { throw error }
            throw .shortage(reason: Self.reason, sent: sent)
        }
    }

    func closeConnection() { sender.closeConnection() }

    private static let reason = "time ran out"
}
