import STS
import Secrets
import Times
import Transport

/// Makes unsigned requests, and makes them again where that may help, as the SDKs' standard mode does (AWS SDKs and
/// Tools Reference Guide, "Retry behavior").
struct ServiceClient {
    let sender: any HTTPSender
    let timing: Timing
    /// Milliseconds for a call, all its tries included.
    let timeLimit: Int64

    /// Requests in all at most.
    private static let tries = 3
    /// Milliseconds for one try, where another one may follow.
    private static let tryLimit: Int64 = 5000

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - isOnce: whether it carries what may be used once. It is then sent again only if it was certainly not seen.
    ///   - make: makes the request, given its limit in milliseconds.
    func call(
        _ url: ServiceURL, isOnce: Bool = false, _ make: (Int) -> HTTPRequest
    ) throws(SSOError) -> HTTPResponse {
        let deadline = timing.uptime() + timeLimit
        var pauses: [Int64] = (0..<Self.tries - 1).map { Int64(timing.random() * Double(1 << $0) * 1000) }
        while true {
            let remaining = deadline - timing.uptime()
            guard remaining > 0 else { throw .network(.timedOut(host: url.host, sent: false)) }
            let request = make(Int(isOnce ? remaining : min(remaining, Self.tryLimit)))
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

/// Too many requests, and failures that pass.
let passingStatuses: Set<Int> = [429, 500, 502, 503, 504]

extension TransportError {
    /// Whether the same request may well succeed a moment later.
    var isPassing: Bool {
        switch self {
        case .unreachable, .timedOut, .interrupted: true
        case .proxyRefused(let status): passingStatuses.contains(status)
        default: false
        }
    }
}
