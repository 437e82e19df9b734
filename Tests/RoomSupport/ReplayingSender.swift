import Foundation
import Secrets
import Synchronization
import Transport

/// A request as a server sees it.
package struct SentRequest: Sendable {
    package let method: String
    package let url: String
    package let query: String
    package let headers: [String: String]
    package let hasSecretHeader: Bool
    package let body: String
    package let isOnce: Bool

    /// The form in the body, decoded.
    package var form: [String: String] {
        let pairs = body.split(separator: "&").map { pair in
            pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0).removingPercentEncoding ?? ""
            }
        }
        return Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { $1 })
    }

    init(_ request: borrowing HTTPRequest) {
        method = request.method
        url = request.url.text
        query = text(ifPresent: request.query) ?? ""
        headers = Dictionary(request.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $0 + "," + $1 })
        hasSecretHeader = request.secretHeader != nil
        body = text(ifPresent: request.body) ?? ""
        isOnce = request.isOnce
    }
}

/// What a server answers.
package enum ScriptedResponse: Sendable {
    case answer(Int, String, date: String? = nil)
    case failure(TransportError)
}

/// Answers requests by a rule in place of the network, and remembers them.
package final class ReplayingSender: HTTPSender, Sendable {
    private let rule: @Sendable (SentRequest) -> ScriptedResponse
    private let sent = Mutex<[SentRequest]>([])

    package init(_ rule: @escaping @Sendable (SentRequest) -> ScriptedResponse) { self.rule = rule }

    /// Answers in this order, whatever is asked; then nothing can be reached.
    package convenience init(_ replies: [ScriptedResponse]) {
        let rest = ReplyQueue(replies)
        self.init { _ in rest.next() ?? .failure(.unreachable(host: "script", reason: "it has ended")) }
    }

    /// The requests so far.
    package var requests: [SentRequest] { sent.withLock { $0 } }

    /// What it answers to a request that another sender was given.
    package func reply(to request: SentRequest) -> ScriptedResponse {
        sent.withLock { $0.append(request) }
        return rule(request)
    }

    package func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        switch reply(to: SentRequest(request)) {
        case .answer(let status, let body, let date):
            return HTTPResponse(status: status, date: date, contentType: nil, body: secret(body))
        case .failure(let error): throw error
        }
    }
}

/// Replies in their order.
package final class ReplyQueue: Sendable {
    private let rest: Mutex<ArraySlice<ScriptedResponse>>

    package init(_ replies: [ScriptedResponse] = []) { rest = Mutex(replies[...]) }

    package func add(_ replies: [ScriptedResponse]) { rest.withLock { $0 += replies } }

    package func next() -> ScriptedResponse? { rest.withLock { $0.popFirst() } }
}
