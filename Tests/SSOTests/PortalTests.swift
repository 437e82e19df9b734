import SSO
import STS
import Secrets
import Servers
import Testing
import Threads
import Times
import Transport

@Suite(
    "Credentials of roles", .waits, .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
struct PortalTests {
    @Test("come with their end and their account")
    func good() throws {
        let center = try Center()
        let token = try center.token()
        let credentials = try center.portal().credentials(
            role: "Admin +/é", account: "111111111111", token: token.accessToken)
        let (keyID, account, end) = (credentials.accessKeyID, credentials.accountID, credentials.expiration)
        #expect(keyID == "ASIAIOSFODNN7EXAMPLE")
        #expect(text(credentials.secret) == "s3cr3t/+")
        let sessionToken = text(ifPresent: credentials.sessionToken)
        #expect(sessionToken == "t0ken==")
        #expect(account == "111111111111")
        let left = try #require(end) - Timing.system.now().seconds
        #expect((3580...3600).contains(left))
    }

    @Test("need a token that is good")
    func unauthorized() throws {
        let center = try Center()
        #expect(throws: SignInError.signInNeeded) {
            _ = try center.portal().credentials(role: "Admin", account: "111111111111", token: secret("stale"))
        }
    }

    @Test(
        "are refused for the roles of others, without the token in the message",
        arguments: [
            (
                "Admin +/é", "222222222222",
                SignInError.accessDenied(SignInRefusal(code: "ForbiddenException", message: "No access", status: 403))
            ),
            (
                "Other", "111111111111",
                .noSuchRole(SignInRefusal(code: "ResourceNotFoundException", message: "", status: 404))
            ),
        ])
    func refused(role: String, account: String, error: SignInError) throws {
        let center = try Center()
        let token = try center.token()
        #expect(throws: error) {
            _ = try center.portal().credentials(role: role, account: account, token: token.accessToken)
        }
    }

    @Test("are asked for again after failures that pass, three times in all")
    func retried() throws {
        let center = try Center()
        let token = try center.token()
        let clock = TestClock()
        try center.tell("fail", #"{"path": "/federation/credentials", "statuses": [429, 503]}"#)
        let portal = try center.portal(clock.timing())
        _ = try portal.credentials(role: "Admin +/é", account: "111111111111", token: token.accessToken)
        #expect(clock.sleeps == [500, 1000])
        try center.tell("fail", #"{"path": "/federation/credentials", "statuses": [429, 429, 429]}"#)
        #expect(throws: SignInError.slowDown(SignInRefusal(code: "", message: "", status: 429))) {
            _ = try portal.credentials(role: "Admin +/é", account: "111111111111", token: token.accessToken)
        }
    }

    static let strange: [(String, SignInError)] = [
        ("", .invalidResponse(status: 200)), ("<html>", .invalidResponse(status: 200)),
        ("[]", .invalidResponse(status: 200)),
        ("{}", .missing("roleCredentials", status: 200)),
        (#"{"roleCredentials": []}"#, .missing("roleCredentials", status: 200)),
        (#"{"roleCredentials": {}}"#, .missing("accessKeyId", status: 200)),
        (credentials(keyID: "ASIA"), .missing("accessKeyId", status: 200)),
        (credentials(keyID: #"ASIA\",\"x\":\"EXAMPLE"#), .missing("accessKeyId", status: 200)),
        (credentials(secret: ""), .missing("secretAccessKey", status: 200)),
        (credentials(secret: #"a\nb"#), .missing("secretAccessKey", status: 200)),
        (credentials(token: #"a\u0000"#), .missing("sessionToken", status: 200)),
        (credentials(expiration: #""soon""#), .missing("expiration", status: 200)),
        (credentials(expiration: "1e15"), .missing("expiration", status: 200)),
        (credentials(expiration: "1700000000000"), .expiredAnswer),
    ]

    private static func credentials(
        keyID: String = "ASIAIOSFODNN7EXAMPLE", secret: String = "s", token: String = "t",
        expiration: String = "4000000000000"
    ) -> String {
        """
        {"roleCredentials": {"accessKeyId": "\(keyID)", "secretAccessKey": "\(secret)", "sessionToken": "\(token)",
        "expiration": \(expiration)}}
        """
    }

    @Test("are refused where they cannot be", arguments: strange)
    func refusedAnswer(body: String, error: SignInError) throws {
        let portal = PortalClient(endpoint: try ServiceURL("https://a"), sender: Saying(status: 200, body: body))
        #expect(throws: error) { _ = try portal.credentials(role: "r", account: "1", token: secret("t")) }
    }
}

@Suite("Endpoints of IAM Identity Center")
struct EndpointsTests {
    @Test(
        "are those of the region's partition",
        arguments: [
            ("eu-west-1", "oidc.eu-west-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com"),
            ("cn-north-1", "oidc.cn-north-1.amazonaws.com.cn", "portal.sso.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "oidc.us-gov-west-1.amazonaws.com", "portal.sso.us-gov-west-1.amazonaws.com"),
        ])
    func hosts(region: String, oidc: String, portal: String) throws {
        let endpoints = try SSOEndpoints(region: region)
        #expect(endpoints.oidc.text == "https://\(oidc)/")
        #expect(endpoints.portal.text == "https://\(portal)/")
    }

    @Test("may be one's own, over HTTPS or on this host")
    func custom() throws {
        let endpoints = try SSOEndpoints(region: "eu-west-1", oidc: "http://127.0.0.1:1/a", portal: "https://b")
        #expect(endpoints.oidc.text == "http://127.0.0.1:1/a")
        #expect(endpoints.portal.host == "b")
        #expect(throws: SignInError.malformedEndpoint(.insecureURL(host: "b"))) {
            _ = try SSOEndpoints(region: "eu-west-1", oidc: "http://b")
        }
    }

    @Test("of a region that leads elsewhere are refused", arguments: ["evil.example/", "a@b", "", "-a", "a.b"])
    func malformed(region: String) {
        #expect(throws: SignInError.malformedRegion(region)) { _ = try SSOEndpoints(region: region) }
    }
}
