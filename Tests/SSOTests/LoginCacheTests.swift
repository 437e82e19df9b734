import Foundation
import Secrets
import Testing
import Times

@testable import SSO

@Suite("The AWS CLI's own sign-ins with console credentials")
struct LoginCacheTests {
    /// As `printf … | sha256sum` has it.
    @Test("lie in files that go by the session")
    func names() throws {
        let name = try loginCacheFileName(session: "arn:aws:sts::012345678910:assumed-role/Admin/admin")
        #expect(name == "4b0ba8f99f075c0633e122fd73346ce203a3faf18ea0310eb2d29df1bab2e255.json")
    }

    @Test("are read with what renews them")
    func whole() throws {
        let token = try cachedToken([], [("signInRegion", quoted("eu-central-1"))])
        let session = [token.accessKeyID, text(token.secretAccessKey), text(token.sessionToken)]
        #expect(session == ["ASIAIOSFODNN7EXAMPLE", "old/secret+key", "old-session-token"])
        let (account, end, region, type) = (token.accountID, token.expiration.iso8601, token.region, token.tokenType)
        #expect(account == "012345678901")
        #expect(end == "2025-11-19T00:04:59Z")
        #expect(region == "eu-central-1")
        #expect(type == "aws_sigv4")
        let (client, refreshToken) = (token.clientID, text(token.refreshToken))
        #expect(client == "arn:aws:signin:::devtools/same-device")
        #expect(refreshToken == "old-refresh-token")
        let point = try token.key.publicPoint.x
        #expect(point.prefix(4) == [0x60, 0xFE, 0xD4, 0xBA])
    }

    @Test("may lack what only describes them")
    func least() throws {
        let token = try cachedToken([("accountId", nil)], [("tokenType", nil), ("idToken", nil)])
        let (account, region, type) = (token.accountID, token.region, token.tokenType)
        #expect(account == nil && region == nil && type == nil)
        let idToken = text(ifPresent: token.idToken)
        #expect(idToken == nil)
    }

    @Test(
        "are told from what is none",
        arguments: [
            ("", "accessToken"), ("[]", "accessToken"), ("{", "accessToken"), ("{}", "accessToken"),
            (cacheText([], [("accessToken", nil)]), "accessToken"),
            (cacheText([], [("accessToken", "1")]), "accessToken"),
            (cacheText([], [("accessToken", "null")]), "accessToken"),
            (cacheText([("accessKeyId", nil)]), "accessKeyId"), (cacheText([("accessKeyId", "\"\"")]), "accessKeyId"),
            (cacheText([("secretAccessKey", nil)]), "secretAccessKey"),
            (cacheText([("sessionToken", nil)]), "sessionToken"), (cacheText([("sessionToken", "{}")]), "sessionToken"),
            (cacheText([("sessionToken", #""a\r\nX-Evil: b""#)]), "sessionToken"),
            (cacheText([("expiresAt", nil)]), "expiresAt"), (cacheText([("expiresAt", "\"soon\"")]), "expiresAt"),
            (cacheText([("accountId", "[]")]), "accountId"), (cacheText([("accountId", #""1\n2""#)]), "accountId"),
            (cacheText([], [("refreshToken", nil)]), "refreshToken"),
            (cacheText([], [("refreshToken", #""\u0000""#)]), "refreshToken"),
            (cacheText([], [("clientId", nil)]), "clientId"), (cacheText([], [("dpopKey", nil)]), "dpopKey"),
            (cacheText([], [("dpopKey", "\"key\"")]), "dpopKey"), (cacheText([], [("dpopKey", "1")]), "dpopKey"),
            (cacheText([], [("dpopKey", quoted(publishedKey.replacing("MHcC", with: "MHcD")))]), "dpopKey"),
            (cacheText([], [("signInRegion", "1")]), "signInRegion"),
            ("{\"x\": \"\(String(repeating: "x", count: 300_000))\"}", "accessToken"),
        ])
    func none(text: String, missing: String) {
        #expect(throws: SignInError.notACachedToken(missing: missing)) { _ = try LoginToken(cliCache: secret(text)) }
    }

    @Test(
        "are due for renewal under five minutes",
        arguments: [
            ("2025-11-19T00:05:01Z", false, true), ("2025-11-19T00:05:00Z", false, true),
            ("2025-11-19T00:04:59Z", true, true), ("2025-11-19T00:00:01Z", true, true),
            ("2025-11-19T00:00:00Z", true, false), ("2020-01-01T00:00:00Z", true, false),
        ])
    func due(end: String, needsRenewal: Bool, isValid: Bool) throws {
        let token = try cachedToken([("expiresAt", quoted(end))])
        let seen = (token.needsRenewal(at: suiteTime), token.isValid(at: suiteTime))
        #expect(seen == (needsRenewal, isValid))
    }
}

@Suite("A renewed sign-in in the AWS CLI's file")
struct LoginCacheUpdateTests {
    private func renewed(_ text: String) throws -> String {
        let client = try LoginClient(Answering(200, granted(secret: #"new/"\secret"#)))
        let token = try client.renewed(LoginToken(cliCache: secret(text)))
        return SSOTests.text(try token.cliCache(updating: secret(text)))
    }

    @Test("changes the session and the refresh token, and no other byte")
    func bytes() throws {
        let old = """
              {
                "futureMember" : [ 1, {"accessToken": "decoy", "refreshToken":"decoy"}, 1.50e+3 ],
            \t"refreshToken":"old\\u002drefresh-token" ,
                "accessToken": {"expiresAt":"2020-01-01T00:00:00Z",  "x" : "\\u00e9", "sessionToken":"s",
                  "accountId": 12345678901 , "secretAccessKey": "k", "accessKeyId": "ASIAOLD" , "é": {"sessionToken": "decoy"}
                },"clientId": "c\\/d", "dpopKey": \(quoted(publishedKey)), "signInRegion": null
              }

            """
        let new = try renewed(old)
        let expected =
            old.replacing(#""old\u002drefresh-token""#, with: #""new-refresh-token""#)
            .replacing(#""2020-01-01T00:00:00Z""#, with: #""2025-11-19T00:15:00Z""#)
            .replacing(#""sessionToken":"s""#, with: #""sessionToken":"new-session-token""#)
            .replacing(#""k""#, with: #""new/\"\\secret""#).replacing("ASIAOLD", with: "ASIANEWEXAMPLEKEYID1")
        #expect(new == expected)
        #expect(new.utf8.elementsEqual(expected.utf8))
    }

    @Test("is read again as what was written")
    func again() throws {
        let token = try LoginToken(cliCache: secret(renewed(cacheText())))
        let seen = [
            token.accessKeyID, text(token.secretAccessKey), text(token.sessionToken), text(token.refreshToken),
            token.expiration.iso8601, token.accountID,
        ]
        #expect(
            seen == [
                "ASIANEWEXAMPLEKEYID1", #"new/"\secret"#, "new-session-token", "new-refresh-token",
                "2025-11-19T00:15:00Z", "012345678901",
            ])
    }

    @Test("replaces the last of members that are there twice, as it is the one that counts")
    func twice() throws {
        let old = cacheText([], [("refreshToken", #""a", "refreshToken": "b""#)])
        let new = try renewed(old)
        #expect(new.contains(#""refreshToken": "a", "refreshToken": "new-refresh-token""#))
    }

    @Test("is not written over what is none", arguments: ["", "{}", "[]", cacheText([], [("refreshToken", nil)])])
    func none(text: String) throws {
        let token = try cachedToken()
        #expect(throws: SignInError.self) { _ = try token.cliCache(updating: secret(text)) }
    }

    @Test("is not made of a damaged file, and that crashes nothing")
    func mutations() throws {
        var state: UInt64 = 0x2545_F491_4F6C_DD1D
        func random(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let whole = Array(cacheText().utf8)
        let tokens = [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "1", "\0", "\u{e9}", "\\u0000", "\\ud800", "\n",
        ]
        .map { Array($0.utf8) }
        let token = try cachedToken()
        var read = 0
        for _ in 0..<10_000 {
            var bytes = whole
            for _ in 0...random(3) {
                let start = random(bytes.count)
                let end = min(bytes.count, start + random(3))
                switch random(4) {
                case 0: bytes.replaceSubrange(start..<end, with: tokens[random(tokens.count)])
                case 1: bytes[start] = UInt8(random(256))
                case 2: bytes.replaceSubrange(start..<end, with: [])
                default: bytes.replaceSubrange(start..<end, with: bytes[random(bytes.count)...].prefix(random(40)))
                }
                if bytes.isEmpty { bytes = whole }
            }
            let text = bytes.span.withUnsafeBytes { SecretBytes(copying: $0) }
            do throws(SignInError) {
                let old = try LoginToken(cliCache: text)
                let updated = try token.cliCache(updating: text)
                let new = try LoginToken(cliCache: updated)
                let isUpdated = SSOTests.text(new.refreshToken) == "old-refresh-token"
                #expect(isUpdated)
                #expect(updated.count < bytes.count + 1000)
                let isKept = old.clientID == new.clientID
                #expect(isKept)
                read += 1
            } catch {
                guard case .notACachedToken = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
        #expect((100..<9_900).contains(read))
    }
}

@Suite("A stored sign-in with console credentials")
struct LoginTokenTests {
    private func members(_ token: borrowing LoginToken) throws -> [String?] {
        [
            token.accessKeyID, text(token.secretAccessKey), text(token.sessionToken), token.accountID,
            token.expiration.iso8601, token.clientID, text(token.refreshToken), token.tokenType,
            text(ifPresent: token.idToken), token.region, text(try token.key.pem()),
        ]
    }

    @Test("is read as it was written, with and without what may be unknown")
    func again() throws {
        for token in [
            cacheText([], [("signInRegion", quoted("eu-west-1"))]),
            cacheText([("accountId", nil)], [("tokenType", nil), ("idToken", nil)]),
        ] {
            let token = try LoginToken(cliCache: secret(token))
            let read = try LoginToken(decoding: token.encoded())
            let (written, seen, copied) = (try members(token), try members(read), try members(token.duplicate()))
            #expect(seen == written)
            #expect(copied == written)
        }
    }

    @Test("that is damaged is refused")
    func damaged() throws {
        let whole = try cachedToken([("accountId", nil)], [("tokenType", nil), ("idToken", nil)]).encoded()
        for size in 0..<whole.count {
            let part = whole.copy(0..<size)
            #expect(throws: SignInError.self) { _ = try LoginToken(decoding: part) }
        }
    }

    @Test("whose key is none is refused")
    func key() throws {
        let whole = try cachedToken().encoded()
        var text = SecretBytes(capacity: whole.count)
        // Tag 7, 32 bytes.
        guard
            let start = (0..<whole.count - 5).first(where: { start in
                (0..<5).allSatisfy { whole[start + $0] == [7, 0, 0, 0, 32][$0] }
            })
        else {
            Issue.record("no key")
            return
        }
        for index in 0..<whole.count { text.append((start + 5..<start + 37).contains(index) ? 0 : whole[index]) }
        #expect(throws: SignInError.crypto(.malformedKey)) { _ = try LoginToken(decoding: text) }
    }
}
