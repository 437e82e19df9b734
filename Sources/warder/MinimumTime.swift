import Arguments
import Chains
import Failures
import Linux
import Secrets
import Sessions
import Setup
import Text

/// What `--min-ttl` asks for: how long a session must still last.
struct MinimumTime {
    static let option = Option(
        "min-ttl", .text, "Renew a session that has less left than this: 30m, 2h.", placeholder: "time")

    /// As written.
    private let text: String
    let seconds: Int64

    /// Nil if the command line does not say.
    init?(_ given: Given) throws(Failure) {
        guard let text = given[Self.option] else { return nil }
        let time = try Failures.seconds(
            ofDuration: text, in: 0...Int.max, "a length of time", hint: "write it as 30m or 2h"
        ) {
            Failure(.usage, $0, hint: $1)
        }
        self.text = text
        seconds = Int64(time)
    }

    /// Even a new session may be too short. A few seconds may have passed since it was made.
    ///
    /// - Parameter instead: another remedy, with which the hint ends.
    func refuseShort(_ credentials: borrowing Credentials, of chain: Chain, instead: String) throws(Failure) {
        guard let end = credentials.end else { return }
        let left = end - wallClock()
        guard left + 60 < seconds else { return }
        throw Failure.tooShort(
            chain.profile, left: left, minimum: (seconds, text), chain.sessionLimit, instead: instead)
    }
}

extension MinimumTime? {
    /// What a session must have left to be served.
    var freshness: Freshness { map { .exactly($0.seconds) } ?? .ordinary }
}
