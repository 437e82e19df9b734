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
            "http://169.254.169.254", "http://[fd00:ec2::23]",
        ])
    func insecure(text: String) {
        #expect { _ = try ServiceURL(text) } throws: { error in
            if case TransportError.insecureURL = error { true } else { false }
        }
    }

    @Test(
        "of a metadata service may be plain HTTP to its address",
        arguments: [
            ("http://169.254.169.254/latest", "http://169.254.169.254/latest"),
            ("http://[FD00:EC2::254]", "http://[fd00:ec2::254]/"),
            ("http://169.254.170.2//a", "http://169.254.170.2//a"),
            ("http://169.254.170.23:80/v1/credentials", "http://169.254.170.23/v1/credentials"),
            ("http://[fd00:ec2::23]/", "http://[fd00:ec2::23]/"), ("http://localhost:1338/", "http://localhost:1338/"),
            ("https://example.com/a", "https://example.com/a"),
        ])
    func metadata(text: String, written: String) throws {
        #expect(try ServiceURL(metadata: text).text == written)
    }

    @Test(
        "of a metadata service is plain HTTP to no other host",
        arguments: [
            "http://169.254.169.253", "http://169.254.169.254.evil.com", "http://169.254.1", "http://0xa9fea9fe",
            "http://2852039166", "http://[fd00:ec2::255]", "http://[fe80::1]", "http://example.com", "http://10.0.0.1",
        ])
    func insecureMetadata(text: String) {
        #expect { _ = try ServiceURL(metadata: text) } throws: { error in
            if case TransportError.insecureURL = error { true } else { false }
        }
    }

    @Test(
        "of a metadata service is a URL",
        arguments: ["http://169.254.170.2@evil.com/", "http://169.254.170.2\\@evil.com", "http://169.254.170.2?a", "x"])
    func malformedMetadata(text: String) {
        #expect(throws: TransportError.malformedURL(text)) { _ = try ServiceURL(metadata: text) }
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
