import Federating
import RoomSupport
import STS
import Secrets
import Testing
import Times
import Transport

@Suite("The federation endpoint")
struct FederationClientTests {
    private let clock = TestClock()

    private func site(_ endpoint: String? = nil) throws -> ConsoleSite {
        try ConsoleSite(of: #require(Partition(named: "aws")), endpoint: endpoint)
    }

    /// The token that a client gets by these replies.
    private func token(
        _ sender: ReplayingSender, secret key: String = "a/secret+of+\"40\"\\chars", lasting duration: Int? = nil
    ) throws -> String {
        let credentials = Credentials(
            accessKeyID: "ASIAEXAMPLE0000000001", secret: secret(key), sessionToken: secret("a+token/=="),
            expiration: 1, accountID: nil)
        let client = FederationClient(
            site: try site(), sender: sender, timing: clock.timing, deadline: clock.timing.uptime() + 9000)
        return text(try client.signInToken(for: credentials, lasting: duration))
    }

    @Test("is sent the session in the body of a form, and nothing of it elsewhere")
    func request() throws {
        let sender = ReplayingSender([.answer(200, #"{"SigninToken":"t0ken=="}"#)])
        #expect(try token(sender, lasting: 3600) == "t0ken==")
        let request = try #require(sender.requests.first)
        #expect(request.method == "POST" && request.url == "https://signin.aws.amazon.com/federation")
        #expect(request.query.isEmpty && !request.hasSecretHeader)
        #expect(request.headers["Content-Type"]?.hasPrefix("application/x-www-form-urlencoded") == true)
        var form = request.form
        let session = form.removeValue(forKey: "Session")
        #expect(form == ["Action": "getSigninToken", "SessionType": "json", "SessionDuration": "3600"])
        #expect(
            session
                == #"{"sessionId":"ASIAEXAMPLE0000000001","sessionKey":"a/secret+of+\"40\"\\chars","#
                + #""sessionToken":"a+token/=="}"#)
        // A `+` as it is would be a space.
        #expect(!request.body.contains("+") && !request.body.contains("/"))
    }

    @Test("is asked for no duration, unless one is wanted")
    func noDuration() throws {
        let sender = ReplayingSender([.answer(200, #"{"SigninToken":"t"}"#)])
        _ = try token(sender)
        #expect(sender.requests.first?.form["SessionDuration"] == nil)
    }

    @Test(
        "is asked again after what passes, three times in all",
        arguments: [
            ScriptedResponse.answer(503, "busy"), .answer(429, ""),
            .failure(.timedOut(host: "signin.aws.amazon.com", sent: true)),
        ])
    func passing(reply: ScriptedResponse) throws {
        let good = ReplayingSender([reply, reply, .answer(200, #"{"SigninToken":"t"}"#)])
        #expect(try token(good) == "t" && good.requests.count == 3)
        let bad = ReplayingSender([reply, reply, reply, .answer(200, #"{"SigninToken":"t"}"#)])
        #expect(throws: FederationError.self) { try token(bad) }
        #expect(bad.requests.count == 3)
    }

    @Test(
        "is taken at its word after what stays",
        arguments: [
            (ScriptedResponse.answer(400, "<html>"), FederationError.refused(status: 400)),
            (.answer(403, ""), .refused(status: 403)), (.answer(200, ""), .invalidResponse(status: 200)),
            (.answer(200, "<html>"), .invalidResponse(status: 200)),
            (.answer(200, "{}"), .invalidResponse(status: 200)),
            (.answer(200, #"{"SigninToken":""}"#), .invalidResponse(status: 200)),
            (.answer(200, #"{"SigninToken":"a b"}"#), .invalidResponse(status: 200)),
            (.answer(200, #"{"SigninToken":"a\u0000b"}"#), .invalidResponse(status: 200)),
            (.answer(200, #"{"SigninToken":["t"]}"#), .invalidResponse(status: 200)),
            (.failure(.redirected(host: "h", status: 302)), .network(.redirected(host: "h", status: 302))),
            (.failure(.tooLarge(host: "h")), .network(.tooLarge(host: "h"))),
        ])
    func lasting(reply: ScriptedResponse, error: FederationError) throws {
        let sender = ReplayingSender([reply, .answer(200, #"{"SigninToken":"t"}"#)])
        #expect(throws: error) { try token(sender) }
        #expect(sender.requests.count == 1)
    }

    @Test("gives a token that goes into the login URL, encoded as all else in it")
    func url() throws {
        let site = try site()
        let destination = try Destination("s3", in: "eu-west-1", at: site)
        let url = text(site.loginURL(to: destination, with: secret("t/0+k=&n")))
        #expect(
            url == "https://signin.aws.amazon.com/federation"
                + "?Action=login&Issuer=warder&Destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fs3%2Fhome"
                + "%3Fregion%3Deu-west-1&SigninToken=t%2F0%2Bk%3D%26n")
    }
}
