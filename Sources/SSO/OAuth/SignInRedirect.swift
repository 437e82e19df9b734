import Crypto
import Secrets

/// The page that a browser opens first: a page of the listener that redirects to the service, once.
///
/// The browser is started with this page among its arguments, which every user of this host can read. The service's own
/// URL contains `state`, with which another user could submit their own code; this page is useless to others.
final class SignInRedirect {
    /// Its path, which cannot be guessed.
    let path: String
    private var location: SecretBytes?

    /// - Parameter location: the URL to redirect to.
    convenience init(to location: String, _ random: RandomSource) throws(SignInError) {
        var url = SecretBytes(capacity: location.utf8.count)
        url.append(location)
        try self.init(to: url, random)
    }

    /// - Parameter location: the URL to redirect to, which signs in anyone who opens it.
    init(to location: consuming SecretBytes, _ random: RandomSource) throws(SignInError) {
        let name = try randomText(random)
        path = "/sign-in/" + name.text(0..<name.count)
        self.location = consume location
    }

    /// The URL to redirect to; nil from the second call on.
    func enter() -> SecretBytes? { location.take() }
}
