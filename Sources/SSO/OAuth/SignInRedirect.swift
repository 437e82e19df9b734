import Crypto
import Secrets

/// The page that a browser opens first: a page of the listener that redirects to the service, once.
///
/// The browser is started with this page among its arguments, which every user of this host can read. The service's own
/// URL contains `state`, with which another user could submit their own code; this page is useless to others.
final class SignInRedirect {
    /// Its path, which cannot be guessed.
    let path: String
    private var location: String?

    /// - Parameter location: the URL to redirect to.
    init(to location: String, _ random: RandomSource) throws(SignInError) {
        let name = try randomText(random)
        path = "/sign-in/" + name.text(0..<name.count)
        self.location = location
    }

    /// The URL to redirect to; nil from the second call on.
    func enter() -> String? { location.take() }
}
