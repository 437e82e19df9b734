import Testing
import Transport

@Suite("A service's URL")
struct ServiceURLTests {
    @Test(
        "is read and written",
        arguments: [
            ("https://sts.amazonaws.com", "https://sts.amazonaws.com/", "sts.amazonaws.com"),
            ("HTTPS://STS.amazonaws.com:443/", "https://sts.amazonaws.com/", "sts.amazonaws.com"),
            ("https://sts.internal:8443/a/../b", "https://sts.internal:8443/a/../b", "sts.internal:8443"),
            ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x", "[2001:db8::1]"),
            ("http://localhost:4566", "http://localhost:4566/", "localhost:4566"),
            ("http://127.1.2.3/", "http://127.1.2.3/", "127.1.2.3"),
            ("http://[::1]:80/", "http://[::1]/", "[::1]"),
        ])
    func good(text: String, written: String, host: String) throws {
        let url = try ServiceURL(text)
        #expect(url.text == written)
        #expect(url.hostHeader == host)
    }

    @Test(
        "is plain HTTP only to this host",
        arguments: [
            "http://sts.amazonaws.com", "http://localhost.evil.com", "http://127.0.0.1.evil.com", "http://127.0.0",
            "http://127.0.0.01", "http://127.0.0.256", "http://0.0.0.0", "http://[::2]", "http://10.0.0.1",
        ])
    func insecure(text: String) {
        #expect { _ = try ServiceURL(text) } throws: { error in
            if case TransportError.insecureURL = error { true } else { false }
        }
    }

    @Test(
        "holds no more than a host, a port and a path",
        arguments: [
            "", "sts.amazonaws.com", "ftp://a", "https://", "https:///x", "https://a@b", "https://a:b@c", "https://a?b",
            "https://a#b", "https://a b", "https://a\nb", "https://a\\@b", "https://a:0", "https://a:65536",
            "https://a:",
            "https://a:1x", "https://a:+1", "https://-a", "https://a..b", "https://[::1", "https://::1", "https://[x]",
            "https://é.com", "file:///etc/passwd", "http://localhost:80:80",
        ])
    func malformed(text: String) {
        #expect(throws: TransportError.malformedURL(text)) { _ = try ServiceURL(text) }
    }
}
