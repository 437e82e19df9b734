import Secrets
import Signing

extension ConsoleSite {
    /// The URL that signs a browser in and leads it to the destination. Anyone who opens it is signed in.
    ///
    /// - Parameter token: good for 15 minutes.
    public func loginURL(to destination: Destination, with token: borrowing SecretBytes) -> SecretBytes {
        var url = SecretBytes(capacity: 4096)
        url.append(endpoint.text + "?Action=login&Issuer=warder&Destination=")
        url.appendPercentEncoded(destination.url)
        url.append("&SigninToken=")
        url.appendPercentEncoded(token)
        return url
    }
}
