import Linux
import Sessions
import Setup
import Times
import Transport

/// Sends requests with libcurl and observes two things about each: the offset of AWS's clock from this machine's, and
/// whether the request failed because this process alone lacks a resource.
final class ObservedSender: HTTPSender {
    private let world: World
    private let sender: any HTTPSender
    /// The offset of AWS's clock from this machine's at the last answer; nil if they agree.
    private(set) var clock: ClockOffset?

    init(_ world: World, caBundle: String?) throws(TransportError) {
        self.world = world
        do throws(TransportError) {
            sender = try world.sender(caBundle)
        } catch {
            guard error == .libraryUnusable, let exhausted = exhaustedResource() else { throw error }
            throw .shortage(reason: exhausted.reason, sent: false)
        }
    }

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        do throws(TransportError) {
            let response = try sender.send(request)
            if let date = response.date.flatMap({ UnixTime(httpDate: $0) }) { compare(date.seconds) }
            return response
        } catch {
            // Closing the connection frees a descriptor: they may be short, and a code that was not sent must be
            // recorded as unused. The shortage is detected first.
            defer { sender.closeConnection() }
            guard !error.isOwn, let exhausted = exhaustedResource() else { throw error }
            throw .shortage(reason: exhausted.reason, sent: !error.isCertainlyUnsent)
        }
    }

    private func compare(_ time: Int64) {
        let offset = time - world.timing.now().seconds
        clock =
            abs(offset) < ClockOffset.least
            ? nil : bootIdentifier().map { ClockOffset(seconds: offset, moment: .now, boot: $0) }
    }
}
