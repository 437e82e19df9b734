import Failures
import STS
import Secrets
import Testing

@Suite("What to do where AWS does not take a key")
struct SignerTests {
    @Test(arguments: [
        ("SignatureDoesNotMatch", "the secret does not belong to AKIAEXAMPLE: warder add --replace alice"),
        ("InvalidSignatureException", "the secret does not belong to AKIAEXAMPLE: warder add --replace alice"),
        (
            "InvalidClientTokenId",
            "check in the console that AKIAEXAMPLE is active, and a key of aws, which was asked by region eu-west-1: "
                + "one of aws-cn or aws-us-gov needs a region of theirs; warder add --replace alice stores another"
        ),
    ])
    func ofAStoredKey(_ code: String, _ hint: String) throws {
        let signer = RequestSigner(key(), name: "alice", try endpoint("eu-west-1"))
        #expect(signer.hint(refused: code) == hint)
        let failure = Failure(
            .invalidKey(STSRefusal(code: code, message: "No.", status: 403, requestID: nil)), doing: "make a session",
            signer: signer)
        #expect(failure.code == .refused)
        #expect(failure.message == "AWS refused to make a session: \(code): No")
        #expect(failure.hint == hint)
    }

    @Test func namesTheOtherPartitions() throws {
        let hint = RequestSigner(key(), name: nil, try endpoint("cn-north-1")).hint(refused: "InvalidClientTokenId")
        #expect(hint.contains("a key of aws-cn, which was asked by region cn-north-1: one of aws or aws-us-gov"))
        #expect(!hint.contains("warder add"))
    }

    @Test func ofAKeyThatIsNotStored() throws {
        let signer = RequestSigner(key(), name: nil, try endpoint("eu-west-1"))
        #expect(
            signer.hint(refused: "SignatureDoesNotMatch")
                == "the secret does not belong to AKIAEXAMPLE: give both again, as they were made")
    }

    @Test func ofAnEndpointOfOnesOwn() throws {
        var settings = EndpointConfiguration()
        settings.endpointURL = "https://sts.example"
        let endpoint = try Endpoint(of: .sts, settings) { _ in nil }
        #expect(
            RequestSigner(key(), name: nil, endpoint).hint(refused: "InvalidClientTokenId")
                == "check in the console that AKIAEXAMPLE is active, and a key of sts.example")
    }

    @Test func ofASession() throws {
        let signer = RequestSigner(key(token: "t"), name: "alice", try endpoint("eu-west-1"))
        #expect(
            signer.hint(refused: "InvalidClientTokenId") == "drop the cached session of AKIAEXAMPLE: warder forget")
    }

    @Test func ofNobodyKnown() {
        #expect(
            RequestSigner.unknown.hint(refused: "InvalidClientTokenId")
                == "check in the console that the key id is active, and a key of this partition")
    }

    private func key(token: String? = nil) -> Credentials {
        Credentials(
            accessKeyID: "AKIAEXAMPLE", secret: secret("s"), sessionToken: token.map { secret($0) }, expiration: nil,
            accountID: nil)
    }

    private func endpoint(_ region: String) throws -> Endpoint {
        var settings = EndpointConfiguration()
        settings.region = region
        return try Endpoint(of: .sts, settings) { _ in nil }
    }
}

private func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}
