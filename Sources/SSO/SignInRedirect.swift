import Crypto
import Secrets

/// Where a browser is sent first: a page of the listener that goes on to the service, once.
///
/// A browser is started with its page among its arguments, which every user of this host can read. The service's own
/// address carries `state`, with which anybody could bring a code of their own; this one is of no use to others.
final class SignInRedirect {
    /// Its path, which nobody can guess.
    let path: String
    private var location: String?

    /// - Parameter location: where it goes on to; a URL.
    init(to location: String, _ random: RandomSource) throws(SSOError) {
        let name = try randomText(random)
        path = "/sign-in/" + name.text(0..<name.count)
        self.location = location
    }

    /// Where to go on to; nil from the second time on.
    func enter() -> String? { location.take() }
}
