import STS
import Secrets
import Testing

@Suite("Refusals")
struct RefusalTests {
    private func refusal(_ body: String, status: Int = 403) throws -> STSError? {
        let client = try STSClient.replaying(Replay([.answer(status, body)]), random: 0)
        do {
            _ = try client.getSessionToken(signedBy: session(), durationSeconds: 3600, mfa: code())
            return nil
        } catch let error as STSError {
            return error
        }
    }

    static let cases: [(String, String, Int, @Sendable (STSRefusal) -> STSError)] = [
        (
            "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", 403,
            { .wrongCode($0) }
        ),
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number",
            403, { .unknownDevice($0) }
        ),
        ("AccessDenied", "User: x is not authorized to perform: sts:AssumeRole", 403, { .accessDenied($0) }),
        ("ExpiredToken", "The security token included in the request is expired", 403, { .expiredToken($0) }),
        ("InvalidClientTokenId", "The security token is invalid.", 403, { .invalidKey($0) }),
        ("SignatureDoesNotMatch", "The signature does not match.", 403, { .invalidKey($0) }),
        ("Throttling", "Rate exceeded", 400, { .throttled($0) }), ("Anything", "slow", 429, { .throttled($0) }),
        ("MalformedPolicyDocument", "JSON", 400, { .refused($0) }), ("InternalFailure", "", 500, { .refused($0) }),
    ]

    @Test("are told apart", arguments: cases)
    func kinds(code: String, message: String, status: Int, kind: @Sendable (STSRefusal) -> STSError) throws {
        let expected = STSRefusal(code: code, message: message, status: status, requestID: "r-2")
        #expect(try refusal(Sample.error(code, message), status: status) == kind(expected))
    }

    @Test(
        "show as its number what a terminal would obey",
        arguments: [
            ("a&#x9B;b\u{202E}c\u{200B}d", "a\\u{9b}b\\u{202e}c\\u{200b}d"), ("  a  ", "a"), ("one\ntwo", "one"),
            ("&#13;&#10;a\tb", "a\\u{9}b"),
            (String(repeating: "x", count: 600), String(repeating: "x", count: 500) + "…"),
        ])
    func sanitised(sent: String, shown: String) throws {
        #expect(try refusal(Sample.error("AccessDenied", sent))?.refusal?.message == shown)
    }

    @Test(
        "never repeat what was sent in secret",
        arguments: ["token t0ken", "secret s3cr3t", "Value '123456' at 'tokenCode' failed to satisfy constraint"])
    func secrets(message: String) throws {
        #expect(try refusal(Sample.error("ValidationError", message))?.refusal?.message == "")
    }

    @Test(
        "never repeat it in part or changed, wherever it stands",
        arguments: [
            "AQoDYXdzEJr1K2NlZ", "AQoDYXdz EJr1K2NlZ", "AQoDYXdzEJr1K2NlZ…", "aqodyxdzejr1k2nlz", "AQoDYXdz%45Jr1K2NlZ",
        ])
    func everywhere(repeated: String) throws {
        func said(_ body: String) throws -> String {
            let client = try STSClient.replaying(Replay([.answer(403, body)]), random: 0)
            do {
                _ = try client.getCallerIdentity(signedBy: longSession())
                return ""
            } catch { return "\(error)" }
        }
        let asMessage = try said(Sample.error("AccessDenied", repeated))
        let asCode = try said(Sample.error(repeated, "no"))
        let asRequest = try said(
            "<ErrorResponse><Error><Code>C</Code><Message>m</Message></Error><RequestId>\(repeated)</RequestId>"
                + "</ErrorResponse>")
        let name = repeated.replacing("%45", with: "E").filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let asElement = try said("<\(name)/>")
        for said in [asMessage, asCode, asRequest, asElement] {
            #expect(!said.lowercased().contains("ejr1k2") && !said.contains("Jr1K2"), "\(said)")
        }
        #expect(asCode.contains("(hidden)") && asElement.contains("(hidden)"))
    }

    @Test(
        "never repeat it split over what is shown together",
        arguments: [
            ["AQoDYXdzEJr", "1K2NlZ0tva2", "VuIQ"], ["AQoDYXdzEJr", "no", "1K2NlZ0tva2"], ["C", "AQoDYXdz", "EJr1K2N"],
            ["AQoDYXdz", "EJr1K2N", "r-2"],
        ])
    func split(parts: [String]) throws {
        let body =
            "<ErrorResponse><Error><Code>\(parts[0])</Code><Message>\(parts[1])</Message></Error>"
            + "<RequestId>\(parts[2])</RequestId></ErrorResponse>"
        let client = try STSClient.replaying(Replay([.answer(403, body)]), random: 0)
        #expect(throws: STSError.refused(STSRefusal(code: "(hidden)", message: "", status: 403, requestID: nil))) {
            _ = try client.getCallerIdentity(signedBy: longSession())
        }
    }

    private func longSession() -> Credentials {
        Credentials(
            accessKeyID: "ASIAIOSFODNN7EXAMPLE", secret: secret("wJalrXUtnFEMI/K7MDENG"),
            sessionToken: secret("AQoDYXdzEJr1K2NlZ0tva2VuIQ=="), expiration: nil, accountID: nil)
    }

    @Test("leave out the canonical request that a refused signature comes with")
    func canonical() throws {
        let message = "The signature does not match. The Canonical String for this request should have been 'POST"
        #expect(
            try refusal(Sample.error("SignatureDoesNotMatch", message))?.refusal?.message
                == "The signature does not match.")
    }

    @Test(
        "that come as something else are told apart",
        arguments: [("<html>", InvalidResponse.html), ("", .empty), ("{}", .json)])
    func notXML(body: String, reason: InvalidResponse) throws {
        #expect(try refusal(body, status: 403) == .invalidResponse(reason, status: 403))
    }
}
