import Secrets
import Signing
import Testing
import Times

@Suite("Signature Version 4")
struct SignerTests {
    let request = SignableRequest(method: "GET", headers: [NamedValue("Host", "example.amazonaws.com")])

    private func sign(at seconds: Int64, with key: String) throws -> [NamedValue] {
        let credentials = Credentials(
            accessKeyID: "AKIDEXAMPLE", secret: secret(key), sessionToken: nil, expiration: nil, accountID: nil)
        return try Signer(service: "service", region: "us-east-1", time: UnixTime(seconds))
            .headers(for: request, signedBy: credentials)
    }

    @Test("gives the documented example")
    func example() throws {
        let headers = try sign(at: 1_440_938_160, with: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        #expect(
            headers == [
                NamedValue("X-Amz-Date", "20150830T123600Z"),
                NamedValue(
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                        + "SignedHeaders=host;x-amz-date, "
                        + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ])
    }

    @Test("changes with the moment and the key")
    func differs() throws {
        let first = try sign(at: 1_440_938_160, with: "a")
        #expect(try sign(at: 1_440_938_161, with: "a") != first)
        #expect(try sign(at: 1_440_938_160, with: "b") != first)
    }

    @Test("leaves S3's keys as they are and their payload open")
    func s3() throws {
        let signer = Signer(service: "s3", region: "eu-west-1", time: UnixTime(0), normalizesPath: false)
        let credentials = Credentials(
            accessKeyID: "AKIDEXAMPLE", secret: secret("a"), sessionToken: secret("t/+="), expiration: nil,
            accountID: nil)
        var request = request
        request.path = "/a//../b c+é"
        request.payload = .unsigned
        let canonical = signer.canonicalForQuery(request, credentials, expiresIn: 60)
        let lines = text(canonical.text).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[1] == "/a//../b%20c%2B%C3%A9")
        #expect(lines[2].contains("&X-Amz-Security-Token=t%2F%2B%3D&"))
        #expect(lines.last == "UNSIGNED-PAYLOAD")
    }

    @Test("takes a path that is encoded already, and writes the query in botocore's order")
    func encodedPath() throws {
        let encoding = Signer(service: "s3", region: "eu-west-1", time: UnixTime(0), normalizesPath: false)
        let plain = Signer(
            service: "s3", region: "eu-west-1", time: UnixTime(0), normalizesPath: false, encodesPath: false)
        let credentials = Credentials(
            accessKeyID: "AKIDEXAMPLE", secret: secret("a"), sessionToken: secret("t/+="), expiration: nil,
            accountID: nil)
        var request = request
        request.query = [NamedValue("z", "1 +"), NamedValue("a", "2")]
        request.path = "/a b//../é"
        let query = text(try encoding.presignedQuery(for: request, signedBy: credentials, expiresIn: 60))
        request.path = "/a%20b//../%C3%A9"
        #expect(text(try plain.presignedQuery(for: request, signedBy: credentials, expiresIn: 60)) == query)
        #expect(text(try encoding.presignedQuery(for: request, signedBy: credentials, expiresIn: 60)) != query)
        #expect(
            query.hasPrefix(
                "z=1%20%2B&a=2&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                    + "&X-Amz-Credential=AKIDEXAMPLE%2F19700101%2Feu-west-1%2Fs3%2Faws4_request"
                    + "&X-Amz-Date=19700101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
                    + "&X-Amz-Security-Token=t%2F%2B%3D&X-Amz-Signature="))
    }

    @Test("refuses a life that AWS would refuse", arguments: [0, -1, 604_801])
    func expires(seconds: Int) {
        let credentials = Credentials(
            accessKeyID: "AKIDEXAMPLE", secret: secret("a"), sessionToken: nil, expiration: nil, accountID: nil)
        #expect(throws: SigningError.expiresOutOfRange(seconds)) {
            _ = try Signer(service: "s3", region: "eu-west-1", time: UnixTime(0))
                .presignedQuery(for: request, signedBy: credentials, expiresIn: seconds)
        }
    }
}
