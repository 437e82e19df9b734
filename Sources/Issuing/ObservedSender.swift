import Linux
import Sessions
import Setup
import Times
import Transport

/// Sends requests with libcurl, and sees what each says beside its answer: how far AWS's clock is from this machine's, and
/// that a request failed for want of something that this process alone lacks.
final class ObservedSender: HTTPSender {
    private let world: World
    private let sender: any HTTPSender
    /// How far AWS's clock was from this machine's at the last answer; nil where they agree.
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
            // Descriptors may be short, and a code that was not sent is to be written down as unused. What was short is
            // looked for before.
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
