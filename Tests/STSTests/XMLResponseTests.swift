import Foundation
import STS
import Secrets
import Testing
import XML

@Suite("Answers")
struct AnswerTests {
    private func session(_ body: String, date: String? = nil, status: Int = 200) throws -> Credentials {
        try STSClient.replaying(Replay([.answer(status, body, date: date)]))
            .getSessionToken(signedBy: key(), durationSeconds: 3600, mfa: code())
    }

    @Test("give a session, its token without the line breaks it was written with")
    func good() throws {
        let session = try session(Sample.session())
        #expect(session.accessKeyID == "ASIAIOSFODNN7EXAMPLE")
        #expect(text(session.secret) == "abc/def+g")
        #expect(token(of: session) == "AQoXYZ==")
        #expect(session.expiration == TestClock.start + 12 * 3600)
        #expect(session.accountID == nil)
    }

    @Test("give the account of a role", arguments: [("222222222222", "222222222222"), ("2", nil), ("x", nil)])
    func account(field: String, account: String?) throws {
        let body = Sample.role(arn: "arn:aws:sts::\(field):assumed-role/Admin/me")
        let session = try STSClient.replaying(Replay([.answer(200, body)]))
            .assumeRole(AssumeRoleRequest(roleARN: "r", sessionName: "me"), signedBy: key(), mfa: nil)
        #expect(session.accountID == account)
    }

    @Test("drop a fraction of the expiration")
    func fraction() throws {
        #expect(
            try session(Sample.session(expiration: "2026-11-21T20:00:00.611Z")).expiration == TestClock.start + 43_200)
    }

    @Test("come out of the public suite", .enabled(if: vectors != nil, "WARDER_VECTORS is not set"))
    func vector() throws {
        let folder = try #require(vectors)
        let body = try String(contentsOf: folder.appending(path: "response-get-session-token.xml"), encoding: .utf8)
        // The suite's session ended in 2011: the response says that it is still that day.
        let session = try session(body, date: "Mon, 11 Jul 2011 18:55:29 GMT")
        let data = try Data(contentsOf: folder.appending(path: "response-get-session-token.json"))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let expected = try #require(object["Credentials"] as? [String: String])
        #expect(session.accessKeyID == expected["AccessKeyId"])
        #expect(text(session.secret) == expected["SecretAccessKey"])
        #expect(token(of: session) == expected["SessionToken"]?.filter { !$0.isWhitespace })
        #expect(session.expiration == 1_310_414_129)
    }

    @Test("that are errors come out of the public suite", .enabled(if: vectors != nil, "WARDER_VECTORS is not set"))
    func errorVector() throws {
        let folder = try #require(vectors)
        let body = try String(contentsOf: folder.appending(path: "error-get-session-token.xml"), encoding: .utf8)
        #expect(
            throws: STSError.unknownDevice(
                STSRefusal(
                    code: "AccessDenied",
                    message: "GetSessionToken call failed, unable to validate MFA code.  "
                        + "Please verify your MFA serial number is valid and associated with this user.",
                    status: 403, requestID: "8088f6eb-b7fb-11e2-8d25-4b9f3b52b80f"))
        ) { _ = try session(body, status: 403) }
    }

    static let refused: [(String, InvalidResponse)] = [
        ("", .empty), (" \n ", .empty), ("{\"message\": \"no\"}", .json), ("[]", .json),
        ("<html><p>log in</html>", .html), ("\n<!DOCTYPE html><html></html>", .html),
        ("<!DOCTYPE a><a/>", .xml(.documentType(line: 1))),
        ("<GetSessionTokenResponse>", .xml(.malformed(reason: "no element found", line: 1))),
        ("<a/>", .unexpectedElement("a")),
        (Sample.session(action: "AssumeRole"), .unexpectedElement("AssumeRoleResponse")),
        (Sample.error("AccessDenied"), .unexpectedElement("ErrorResponse")),
        ("<GetSessionTokenResponse/>", .missing("GetSessionTokenResult")),
        ("<GetSessionTokenResponse><GetSessionTokenResult/></GetSessionTokenResponse>", .missing("Credentials")),
        (Sample.session(keyID: ""), .missing("AccessKeyId")), (Sample.session(keyID: "ASIA"), .missing("AccessKeyId")),
        (Sample.session(keyID: "ASIAIOSFODNN7EXAMPL\u{E9}"), .missing("AccessKeyId")),
        (Sample.session(keyID: "ASIA&quot;,&quot;x&quot;:&quot;EXAMPLE"), .missing("AccessKeyId")),
        (Sample.session(secret: " "), .missing("SecretAccessKey")),
        (Sample.session(secret: "\u{E9}"), .missing("SecretAccessKey")),
        (Sample.session(token: "\n"), .missing("SessionToken")),
        (Sample.session(token: "a\u{7F}"), .missing("SessionToken")),
        (Sample.session(expiration: "soon"), .missing("Expiration")),
        (Sample.session(expiration: "2026-11-21T08:00:00Z"), .expired),
    ]

    @Test("that are none are told apart", arguments: refused)
    func invalidResponse(body: String, reason: InvalidResponse) {
        #expect(throws: STSError.invalidResponse(reason, status: 200)) { _ = try session(body) }
    }

    @Test("are not asked for again where they are none")
    func notRetried() throws {
        let replay = Replay([.answer(200, "<html>"), .answer(200, Sample.caller)])
        #expect(throws: STSError.invalidResponse(.html, status: 200)) {
            _ = try STSClient.replaying(replay).getCallerIdentity(signedBy: key())
        }
        #expect(replay.sent.count == 1)
    }

    @Test("that repeat what was sent in secret say nothing")
    func repeatedSecret() throws {
        let body = Sample.caller.replacing("user/alice", with: "user/wJalrXUtnFEMI")
        let key = Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secret: secret("wJalrXUtnFEMI/K7MDENG"), sessionToken: nil,
            expiration: nil, accountID: nil)
        #expect(throws: STSError.invalidResponse(.missing("Arn"), status: 200)) {
            _ = try STSClient.replaying(Replay([.answer(200, body)])).getCallerIdentity(signedBy: key)
        }
    }

    @Test("say who it is")
    func caller() throws {
        let caller = try STSClient.replaying(Replay([.answer(200, Sample.caller)])).getCallerIdentity(signedBy: key())
        #expect(caller.account == "111111111111")
        #expect(caller.arn == "arn:aws:iam::111111111111:user/alice")
        #expect(caller.userID == "AIDAEXAMPLE")
    }
}
