import Secrets
import Transport

/// Sends requests to a metadata service, and repeats them where that may help.
struct MetadataClient {
    let sender: any HTTPSender
    /// Milliseconds for one attempt.
    let timeout: Int
    /// The most attempts for one request.
    let attempts: Int
    /// Milliseconds between attempts.
    let pause: Int64
    let time: TimeLeft

    /// Sends a request, up to `attempts` times; the response may be a refusal.
    ///
    /// - Throws: `.notHere`, `.network`.
    func call(
        _ method: String, _ url: ServiceURL, query: String? = nil, headers: [Header] = [], token name: String = "",
        _ token: borrowing SecretBytes?
    ) throws(MetadataError) -> HTTPResponse {
        var tries = 0
        while true {
            tries += 1
            let left = time.milliseconds
            guard left > 0 else { throw .network(.timedOut(host: url.host, sent: false)) }
            do throws(TransportError) {
                let response = try sender.send(
                    HTTPRequest(
                        method: method, url: url, query: query.map(bytes), headers: headers,
                        secretHeader: header(name, token), timeout: min(timeout, Int(left))))
                if response.status < 500 || !mayGoOn(after: tries) { return response }
            } catch {
                guard error.isPassing, mayGoOn(after: tries) else { throw MetadataError(error) }
            }
            if pause > 0 { time.sleep(pause) }
        }
    }

    private func mayGoOn(after tries: Int) -> Bool { tries < attempts && time.milliseconds > pause }
}

/// When to give up, with the clocks as arguments.
public struct TimeLeft: Sendable {
    private let deadline: Int64
    private let uptime: @Sendable () -> Int64
    let sleep: @Sendable (Int64) -> Void

    /// - Parameters:
    ///   - deadline: when to give up, in milliseconds on the clock `uptime`.
    ///   - uptime: milliseconds on a clock that never goes back.
    ///   - sleep: waits so many milliseconds.
    public init(
        deadline: Int64, uptime: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Int64) -> Void
    ) {
        self.deadline = deadline
        self.uptime = uptime
        self.sleep = sleep
    }

    /// Milliseconds left; 0 if none.
    var milliseconds: Int64 { max(0, deadline - uptime()) }
}

extension TransportError {
    fileprivate var isPassing: Bool {
        switch self {
        case .unreachable, .timedOut, .interrupted: true
        default: false
        }
    }
}

extension MetadataError {
    fileprivate init(_ error: TransportError) {
        switch error {
        case .unreachable(let host, _), .timedOut(let host, sent: false): self = .notHere(host: host)
        default: self = .network(error)
        }
    }
}

private func header(_ name: String, _ value: borrowing SecretBytes?) -> SecretHeader? {
    switch value {
    case .some(let value): SecretHeader(name, value.copy())
    case .none: nil
    }
}

func bytes(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}
