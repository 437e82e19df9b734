import Crypto
import Foundation
import STS
import Secrets
import Servers
import Testing
import Times
import Transport

@testable import SSO

@Suite("The renewal of a sign-in with console credentials")
struct LoginClientTests {
    @Test("sends the refresh token once, with a proof")
    func request() throws {
        let sender = Answering(200, granted())
        let token = try LoginClient(sender).renewed(cachedToken([], [("signInRegion", quoted("eu-west-3"))]))
        let request = try #require(sender.requests.first)
        #expect(sender.requests.count == 1)
        #expect(request.method == "POST" && request.url == "https://s.example/v1/token" && request.isOnce)
        #expect(request.headers == [Header("Content-Type", "application/json"), Header("Accept", "application/json")])
        let expected = [
            "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token",
            "refreshToken": "old-refresh-token",
        ]
        #expect(request.members == expected)
        #expect(request.proof.split(separator: ".").count == 3)
        let seen = [
            token.accessKeyID, text(token.secretAccessKey), text(token.sessionToken), text(token.refreshToken),
            token.expiration.iso8601, token.accountID, token.region, token.tokenType, token.clientID,
        ]
        #expect(
            seen == [
                "ASIANEWEXAMPLEKEYID1", "new/secret+key", "new-session-token", "new-refresh-token",
                "2025-11-19T00:15:00Z", "012345678901", "eu-west-3", "aws_sigv4",
                "arn:aws:signin:::devtools/same-device",
            ])
        let (key, idToken) = (text(try token.key.pem()), text(ifPresent: token.idToken))
        #expect(key == publishedKey)
        #expect(idToken != nil)
    }

    @Test("keeps the refresh token if the answer has no other")
    func noNewRefreshToken() throws {
        let token = try LoginClient(Answering(200, granted(refreshToken: nil))).renewed(cachedToken())
        let refreshToken = text(token.refreshToken)
        #expect(refreshToken == "old-refresh-token")
    }

    private static func refusal(_ code: String, _ status: Int = 403) -> SignInRefusal {
        SignInRefusal(code: code, message: "m", status: status)
    }

    static let refusals: [(Int, String, SignInError)] = [
        (403, "TOKEN_EXPIRED", .signInExpired(refusal("TOKEN_EXPIRED"))),
        (400, "USER_CREDENTIALS_CHANGED", .signInExpired(refusal("USER_CREDENTIALS_CHANGED", 400))),
        (403, "INSUFFICIENT_PERMISSIONS", .insufficientPermissions(refusal("INSUFFICIENT_PERMISSIONS"))),
        (403, "AUTHCODE_EXPIRED", .codeExpired), (400, "invalid_grant", .invalidGrant(refusal("invalid_grant", 400))),
        (400, "INVALID_REQUEST", .refused(refusal("INVALID_REQUEST", 400))),
        (429, "rate_exceeded", .slowDown(refusal("rate_exceeded", 429))),
        (500, "server_error", .refused(refusal("server_error", 500))),
    ]

    @Test("tells refusals apart, and repeats none", arguments: refusals.indices)
    func refused(index: Int) throws {
        let (status, code, error) = Self.refusals[index]
        let body = #"{"__type": "com.amazonaws.signin#AccessDeniedException", "error": "\#(code)", "message": "m"}"#
        let sender = Answering(.success((status, body)), .success((200, granted())))
        #expect(throws: error) { _ = try LoginClient(sender).renewed(cachedToken()) }
        #expect(sender.requests.count == 1)
    }

    @Test("names the type of an error that has no code, and shows no secret")
    func typed() throws {
        func error(_ body: String) -> SignInError? {
            do {
                _ = try LoginClient(Answering(403, body)).renewed(cachedToken())
                return nil
            } catch { return error as? SignInError }
        }
        #expect(
            error(#"{"__type": "a#AccessDeniedException", "message": "m"}"#)
                == .refused(Self.refusal("AccessDeniedException")))
        #expect(
            error(#"{"error": "INVALID_REQUEST", "message": "bad token old-refresh-token"}"#)
                == .refused(SignInRefusal(code: "INVALID_REQUEST", message: "", status: 403)))
        #expect(error("<html>") == .invalidResponse(status: 403))
    }

    static let strange: [(String, SignInError)] = [
        ("", .invalidResponse(status: 200)), ("[]", .invalidResponse(status: 200)),
        ("{}", .missing("accessToken", status: 200)), (granted(keyID: nil), .missing("accessKeyId", status: 200)),
        (granted(keyID: "a b"), .missing("accessKeyId", status: 200)),
        (granted(keyID: #"A","x":"B"#), .missing("accessKeyId", status: 200)),
        (granted(secret: nil), .missing("secretAccessKey", status: 200)),
        (granted(secret: ""), .missing("secretAccessKey", status: 200)),
        (granted(token: "a\nb"), .missing("sessionToken", status: 200)),
        (granted(token: nil), .missing("sessionToken", status: 200)),
        (granted(refreshToken: "a b"), .missing("refreshToken", status: 200)),
    ]

    @Test("refuses an answer that is none", arguments: strange.indices)
    func areRefused(index: Int) {
        let (body, error) = Self.strange[index]
        #expect(throws: error) { _ = try LoginClient(Answering(200, body)).renewed(cachedToken()) }
    }

    @Test(
        "takes fifteen minutes where the answer does not say how long", arguments: [nil, "0", "-1", "\"900\"", "1.5"])
    func unknownLife(_ lifetime: String?) throws {
        let renewed = try LoginClient(Answering(200, granted(lifetime: lifetime))).renewed(cachedToken())
        #expect(renewed.expiration == suiteTime + 900)
    }

    @Test("believes in no session of more than twelve hours")
    func longLife() throws {
        let token = try LoginClient(Answering(200, granted(lifetime: "9223372036854775807"))).renewed(cachedToken())
        let life = token.expiration - suiteTime
        #expect(life == 43_200)
    }

    @Test("is repeated only if the request certainly never left, with another proof")
    func repeated() throws {
        let unsent = Answering(
            .failure(.unreachable(host: "h", reason: "r")), .failure(.timedOut(host: "h", sent: false)),
            .success((200, granted())))
        _ = try LoginClient(unsent).renewed(cachedToken())
        #expect(unsent.requests.count == 3)
        #expect(Set(unsent.requests.map(\.proof)).count == 3)
        #expect(Set(unsent.requests.map(\.body)).count == 1)
        for error in [
            TransportError.timedOut(host: "h", sent: true), .interrupted(host: "h", reason: "r", sent: true),
        ] {
            let sent = Answering(.failure(error), .success((200, granted())))
            #expect(throws: SignInError.network(error)) { _ = try LoginClient(sent).renewed(cachedToken()) }
            #expect(sent.requests.count == 1)
        }
    }
}

@Suite("The proof that a program holds a token's key")
struct ProofTests {
    private func proof(_ url: String = "https://s.example/v1/token") throws -> String {
        let key = try cachedToken().key.copy()
        return text(try SSO.proof(by: key, method: "POST", url: ServiceURL(url), at: suiteTime, .system))
    }

    @Test("is the web token that RFC 9449 describes")
    func structure() throws {
        let parts = try proof().split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        #expect(
            content(parts[0]) == #"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","#
                + #""x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y","#
                + #""y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk","crv":"P-256"}}"#)
        let claims = content(parts[1])
        let head = #"{"htm":"POST","htu":"https://s.example/v1/token","iat":1763510400,"jti":""#
        #expect(claims.hasPrefix(head))
        let identifier = claims.dropFirst(head.count).dropLast(2)
        #expect(UUID(uuidString: String(identifier)) != nil && claims.hasSuffix("\"}"))
        #expect(!parts.joined().contains("="))
        #expect(try proof() != proof())
    }

    @Test("names the URL as it is sent to", arguments: ["http://127.0.0.1:8443/a/v1/token", #"https://h/"/v1/token"#])
    func url(url: String) throws {
        let claims = content(String(try proof(url).split(separator: ".")[1]))
        #expect((json(claims) as? [String: Any])?["htu"] as? String == url)
    }

    @Test(
        "is signed so that openssl agrees", .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? ""))
    )
    func signature() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "proof-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appending(path: name).path }
        let parts = try proof().split(separator: ".").map(String.init)
        let raw = try #require(Data(base64Encoded: standard(parts[2])))
        #expect(raw.count == 64)
        func integer(_ number: Data) -> [UInt8] {
            var digits = Array(number.drop { $0 == 0 })
            if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
            return [2, UInt8(digits.count)] + digits
        }
        let both = integer(raw.prefix(32)) + integer(raw.suffix(32))
        try Data([0x30, UInt8(both.count)] + both).write(to: folder.appending(path: "signature"))
        try Data(publishedKey.utf8).write(to: folder.appending(path: "key"))
        func verify(_ message: String) throws {
            try Data(message.utf8).write(to: folder.appending(path: "message"))
            try Server.run([
                "openssl", "dgst", "-sha256", "-prverify", path("key"), "-signature", path("signature"),
                path("message"),
            ])
        }
        try verify(parts[0] + "." + parts[1])
        #expect(throws: Server.Failure.self) { try verify(parts[1] + "." + parts[0]) }
    }

    private func standard(_ text: String) -> String {
        let standard = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        return standard + String(repeating: "=", count: (4 - standard.count % 4) % 4)
    }
}

@Suite("Endpoints of AWS Sign-In")
struct LoginEndpointTests {
    /// As botocore 1.43 resolves them.
    static let hosts: [(String, String, fips: String)] = [
        ("us-east-1", "us-east-1.signin.aws.amazon.com", "signin-fips.us-east-1.amazonaws.com"),
        ("eu-west-1", "eu-west-1.signin.aws.amazon.com", "signin-fips.eu-west-1.amazonaws.com"),
        ("cn-north-1", "cn-north-1.signin.amazonaws.cn", "signin-fips.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "us-gov-west-1.signin.amazonaws-us-gov.com", "signin-fips.amazonaws-us-gov.com"),
        (
            "us-gov-east-1", "us-gov-east-1.signin.amazonaws-us-gov.com",
            "us-gov-east-1.signin-fips.amazonaws-us-gov.com"
        ),
        ("eusc-de-east-1", "eusc-de-east-1.signin.amazonaws-eusc.eu", "signin-fips.eusc-de-east-1.amazonaws.eu"),
        ("us-iso-east-1", "us-iso-east-1.signin.c2shome.ic.gov", "signin-fips.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "us-isob-east-1.signin.sc2shome.sgov.gov", "signin-fips.us-isob-east-1.sc2s.sgov.gov"),
        ("eu-isoe-west-1", "eu-isoe-west-1.signin.csphome.adc-e.uk", "signin-fips.eu-isoe-west-1.cloud.adc-e.uk"),
        ("us-isof-south-1", "us-isof-south-1.signin.csphome.hci.ic.gov", "signin-fips.us-isof-south-1.csp.hci.ic.gov"),
    ]

    @Test("are those of the region's partition", arguments: hosts.indices)
    func areThoseOf(index: Int) throws {
        let (region, host, fips) = Self.hosts[index]
        #expect(try LoginEndpoint(region: region).url.text == "https://\(host)/")
        #expect(try LoginEndpoint(region: region, isFIPS: true).url.text == "https://\(fips)/")
        let token = try LoginEndpoint(region: region).token.text
        #expect(token == "https://\(host)/v1/token")
    }

    @Test("may be one's own, over HTTPS or on this host")
    func custom() throws {
        let endpoint = try LoginEndpoint(region: "eu-west-1", custom: "http://127.0.0.1:1/a/")
        let token = try endpoint.token.text
        #expect(token == "http://127.0.0.1:1/a/v1/token")
        #expect(endpoint.region == "eu-west-1")
        #expect(throws: SignInError.malformedEndpoint(.insecureURL(host: "b"))) {
            _ = try LoginEndpoint(region: "eu-west-1", custom: "http://b")
        }
    }

    @Test("of a region that leads elsewhere are refused", arguments: ["evil.example/", "a@b", "", "-a", "a.b"])
    func malformed(region: String) {
        #expect(throws: SignInError.malformedRegion(region)) { _ = try LoginEndpoint(region: region) }
    }
}
