import SSO
import Secrets
import Testing
import Times

@Suite("The AWS CLI's own tokens")
struct CLICacheTests {
    private let site = Site(startURL: "https://example.awsapps.com/start", region: "eu-west-1")

    /// As `printf corp | sha1sum` has it, and the same of the URL.
    @Test("lie in files that go by the session's name, or by the start URL")
    func names() throws {
        let bySession = try cliCacheFileName(session: "corp", startURL: site.startURL)
        #expect(bySession == "ee0bfd2552fbd840c02cc48b6e823320543c450f.json")
        let byURL = try cliCacheFileName(session: nil, startURL: site.startURL)
        #expect(byURL == "e8be5486177c5b5392bd9aa76563515b29358e6e.json")
    }

    private func read(_ text: String) throws -> SSOToken { try SSOToken(cliCache: secret(text), site: site) }

    @Test("are read with what renews them")
    func whole() throws {
        let token = try read(
            """
            {"startUrl": "https://example.awsapps.com/start", "region": "eu-west-1", "accessToken": "a",
            "expiresAt": "2026-11-21T08:00:00Z", "clientId": "c", "clientSecret": "s",
            "registrationExpiresAt": "2027-02-19T08:00:00Z", "refreshToken": "r"}
            """)
        #expect(text(token.accessToken) == "a")
        let (refreshToken, registration) = (text(ifPresent: token.refreshToken), secrets(of: token.registration))
        #expect(refreshToken == "r")
        #expect(registration == "c s")
        let (end, readSite) = (token.expiration.iso8601, token.site)
        #expect(end == "2026-11-21T08:00:00Z")
        #expect(readSite == site)
    }

    @Test("are read as versions of old wrote them")
    func old() throws {
        let token = try read(#"{"accessToken": "a", "expiresAt": "2020-06-17T10:02:08UTC"}"#)
        let (refreshToken, registration) = (text(ifPresent: token.refreshToken), secrets(of: token.registration))
        #expect(refreshToken == nil)
        #expect(registration == nil)
        let end = token.expiration.iso8601
        #expect(end == "2020-06-17T10:02:08Z")
    }

    @Test("have no member that is empty")
    func empty() throws {
        let token = try read(
            #"{"accessToken": "a", "expiresAt": "2026-11-21 08:00Z", "refreshToken": "", "clientId": "", "clientSecret": ""}"#
        )
        let (refreshToken, registration) = (text(ifPresent: token.refreshToken), secrets(of: token.registration))
        #expect(refreshToken == nil)
        #expect(registration == nil)
        let end = token.expiration.iso8601
        #expect(end == "2026-11-21T08:00:00Z")
    }

    @Test(
        "are told from what is none",
        arguments: [
            ("", "accessToken"), ("[]", "accessToken"), ("{", "accessToken"), ("{}", "accessToken"),
            (#"{"accessToken": ""}"#, "accessToken"), (#"{"accessToken": 1}"#, "accessToken"),
            (#"{"accessToken": "a\r\nX-Evil: b", "expiresAt": "2026-11-21T08:00:00Z"}"#, "accessToken"),
            (#"{"accessToken": "a"}"#, "expiresAt"), (#"{"accessToken": "a", "expiresAt": "soon"}"#, "expiresAt"),
            (#"{"accessToken": "a", "expiresAt": 1}"#, "expiresAt"),
            (
                #"{"accessToken": "a", "expiresAt": "2026-11-21T08:00:00Z", "refreshToken": "\u0000"}"#,
                "refreshToken"
            ),
            // A registration, which the CLI keeps in a file beside it.
            (#"{"clientId": "c", "clientSecret": "s", "expiresAt": "2026-11-21T08:00:00Z"}"#, "accessToken"),
        ])
    func none(text: String, missing: String) {
        #expect(throws: SignInError.notACachedToken(missing: missing)) { _ = try read(text) }
    }
}
