import STS
import Secrets
import Times
import Transport

/// Sends unsigned requests, and repeats them where that may help, as the SDKs' standard mode does (AWS SDKs and Tools
/// Reference Guide, "Retry behavior").
struct RetryingClient {
    let sender: any HTTPSender
    let timing: Timing
    /// Milliseconds for a call, including all its attempts.
    let timeLimit: Int64

    /// The most requests for one call.
    private static let tries = 3
    /// Milliseconds for one attempt, if another one may follow.
    private static let tryLimit: Int64 = 5000

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - isOnce: whether it carries something that can be used only once. It is then repeated only if the server
    ///     certainly never saw it.
    ///   - make: makes the request, with its timeout in milliseconds.
    func call(
        _ url: ServiceURL, isOnce: Bool = false, _ make: (Int) throws(SignInError) -> HTTPRequest
    ) throws(SignInError) -> HTTPResponse {
        let deadline = timing.uptime() + timeLimit
        var pauses: [Int64] = (0..<Self.tries - 1).map { Int64(timing.random() * Double(1 << $0) * 1000) }
        while true {
            let remaining = deadline - timing.uptime()
            guard remaining > 0 else { throw .network(.timedOut(host: url.host, sent: false)) }
            let request = try make(Int(isOnce ? remaining : min(remaining, Self.tryLimit)))
            let pause = pauses.isEmpty ? nil : pauses.removeFirst()
            let mayRetry = pause.map { timing.uptime() + $0 < deadline } ?? false
            do throws(TransportError) {
                let response = try sender.send(request)
                guard mayRetry, !isOnce, passingStatuses.contains(response.status) else { return response }
            } catch {
                guard mayRetry, error.isPassing, !isOnce || error.isCertainlyUnsent else { throw .network(error) }
            }
            timing.sleep(pause ?? 0)
        }
    }
}

/// Too many requests, and transient failures.
let passingStatuses: Set<Int> = [429, 500, 502, 503, 504]

extension TransportError {
    /// Whether the same request may succeed a moment later.
    var isPassing: Bool {
        switch self {
        case .unreachable, .timedOut, .interrupted: true
        case .proxyRefused(let status): passingStatuses.contains(status)
        default: false
        }
    }
}
