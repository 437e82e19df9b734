import Metadata
import Transport

/// Sends nothing: settings are looked at, and no request is made.
struct OfflineSender: HTTPSender {
    static let time = TimeLeft(deadline: 0, uptime: { 0 }, sleep: { _ in })

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse { throw .libraryMissing }
}
