import STS
import Secrets
import Testing
import Times

@testable import Presigning

@Suite("Presigned URLs")
struct PresignedURLTests {
    private func endpoint(_ region: String?, custom: String? = nil) throws -> Endpoint {
        var settings = EndpointConfiguration()
        settings.region = region
        settings.endpointURL = custom
        return try Endpoint(of: .s3, settings) { _ in nil }
    }

    private func url(
        _ request: ObjectRequest, at endpoint: Endpoint, token: String? = nil, seconds: Int = 86_400
    ) throws -> String {
        let credentials = Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secret: secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            sessionToken: token.map(secret), expiration: nil, accountID: nil)
        return text(
            try PresignedURL.make(
                request, at: endpoint, signedBy: credentials, time: UnixTime(1_369_353_600),
                validity: Validity(wanted: seconds, secondsLeft: nil)))
    }

    /// Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters".
    @Test("are that of the documentation")
    func documented() throws {
        let request = try ObjectRequest(.get, S3Object("s3://examplebucket/test.txt"))
        #expect(
            try url(request, at: endpoint("aws-global"))
                == "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    @Test(
        "have the bucket in the host name or in the path",
        arguments: [
            ("abc", nil, "https://abc.s3.eu-west-1.amazonaws.com/"),
            ("a.b", nil, "https://s3.eu-west-1.amazonaws.com/a.b/"),
            ("a_b", nil, "https://s3.eu-west-1.amazonaws.com/a_b/"),
            ("abc", "https://s3.example:9000", "https://s3.example:9000/abc/"),
            ("abc", "https://s3.example/base", "https://s3.example/base/abc/"),
            ("abc", "https://s3.example/base%20x/", "https://s3.example/base%20x/abc/"),
            ("abc", "http://127.0.0.1:80/", "http://127.0.0.1/abc/"),
            ("abc", "http://[::1]:9000/", "http://[::1]:9000/abc/"),
        ] as [(String, String?, String)])
    func place(bucket: String, custom: String?, begin: String) throws {
        let request = try ObjectRequest(.get, S3Object("s3://\(bucket)//../a b/é"))
        let url = try url(request, at: endpoint("eu-west-1", custom: custom))
        #expect(url.hasPrefix(begin + "/../a%20b/%C3%A9?X-Amz-Algorithm="))
    }

    @Test("carry the request's own parameters first, and the token")
    func parameters() throws {
        let request = try ObjectRequest(.get, S3Object("s3://abc/k"), version: "v +", fileName: "é")
        let url = try url(request, at: endpoint("eu-west-1"), token: "t/+=")
        let names = url.split(separator: "?")[1].split(separator: "&").map { $0.split(separator: "=")[0] }
        #expect(
            names == [
                "versionId", "response-content-disposition", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date",
                "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Security-Token", "X-Amz-Signature",
            ])
        #expect(url.contains("?versionId=v%20%2B&") && url.contains("&X-Amz-Security-Token=t%2F%2B%3D&"))
    }

    @Test("bind an upload to its type, and each request to its method")
    func signed() throws {
        let object = try S3Object("s3://abc/k")
        let typed = try url(ObjectRequest(.put, object, contentType: "text/plain"), at: endpoint("eu-west-1"))
        #expect(typed.contains("&X-Amz-SignedHeaders=content-type%3Bhost&"))
        let urls = try ObjectRequest.Method.allCases.map {
            try url(ObjectRequest($0, object), at: endpoint("eu-west-1"))
        }
        #expect(Set(urls + [typed]).count == 5)
    }
}

private func secret(_ text: String) -> SecretBytes {
    var secret = SecretBytes(capacity: text.utf8.count)
    secret.append(text)
    return secret
}

private func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}
