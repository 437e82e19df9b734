import Metadata
import Transport

/// Sends nothing, for checking settings without a request.
struct OfflineSender: HTTPSender {
    static let time = TimeLeft(deadline: 0, uptime: { 0 }, sleep: { _ in })

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse { throw .libraryMissing }
}
