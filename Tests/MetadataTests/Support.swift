import Foundation
import Metadata
import Secrets
import Servers
import Synchronization
import Transport

/// The server of the tests' own, and libcurl to ask it with.
struct Service {
    let server: Server
    let sender: CurlSender

    init() throws {
        server = try Server("metadata.py")
        sender = try CurlSender(userAgent: "warder/test")
    }

    /// What it was asked below `name`: method, path and token.
    func log(_ name: String) throws -> [String] {
        let url = try ServiceURL(server.url("/log/\(name)"))
        let response = try sender.send(HTTPRequest(method: "GET", url: url, timeout: 20_000))
        return text(response.body).split(separator: "\n").map(String.init)
    }
}

/// Answers nothing, and remembers where it was asked.
final class Nobody: HTTPSender {
    private(set) var asked: [String] = []
    private(set) var timeouts: [Int] = []
    private let failure: TransportError

    init(_ failure: TransportError = .unreachable(host: "nobody", reason: "")) { self.failure = failure }

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        var line = request.method + " " + request.url.text
        switch request.query {
        case .some(let query): line += "?" + text(query)
        case .none: break
        }
        asked.append(line)
        timeouts.append(request.timeout)
        throw failure
    }
}

/// The pauses that were made, in milliseconds, on a clock that only they move.
final class Pauses: Sendable {
    private let made = Mutex<[Int64]>([])
    var all: [Int64] { made.withLock { $0 } }

    func time(milliseconds: Int64 = 60_000) -> TimeLeft {
        TimeLeft(
            deadline: milliseconds, uptime: { self.all.reduce(0, +) },
            sleep: { pause in self.made.withLock { $0.append(pause) } })
    }
}

/// One minute of real time.
func minute() -> TimeLeft {
    let uptime: @Sendable () -> Int64 = { Int64(ProcessInfo.processInfo.systemUptime * 1000) }
    return TimeLeft(deadline: uptime() + 60_000, uptime: uptime, sleep: { usleep(UInt32($0) * 1000) })
}

/// Credentials as one line: key, secret, token, expiration, account.
func line(_ credentials: borrowing Credentials) -> String {
    var token = ""
    switch credentials.sessionToken {
    case .some(let present): token = text(present)
    case .none: break
    }
    return [
        credentials.accessKeyID, text(credentials.secret), token, String(credentials.expiration ?? 0),
        credentials.accountID ?? "-",
    ].joined(separator: " ")
}

func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}

func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}
