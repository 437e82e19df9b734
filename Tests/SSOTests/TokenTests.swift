import SSO
import STS
import Secrets
import Servers
import Testing
import Threads
import Times

@Suite(
    "Tokens", .waits, .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
struct TokenTests {
    @Test("are renewed for the refresh token")
    func renewed() throws {
        let center = try Center()
        let token = try center.token()
        let renewed = try token.renewed(by: center.oidc())
        #expect(try center.log().hasSuffix(" /token:refresh_token"))
        let isNewer = text(renewed.accessToken) != text(token.accessToken)
        #expect(isNewer)
        let hasNewer = text(ifPresent: renewed.refreshToken) != text(ifPresent: token.refreshToken)
        #expect(hasNewer)
        let isSame = secrets(of: renewed.registration) == secrets(of: token.registration) && renewed.site == token.site
        #expect(isSame)
        _ = try center.portal().credentials(role: "Admin +/é", account: "111111111111", token: renewed.accessToken)
    }

    @Test("are due for that in their last five minutes")
    func due() throws {
        let token = try Center().token()
        let end = token.expiration
        var due: [Bool] = []
        var valid: [Bool] = []
        for seconds: Int64 in [-301, -300, -299, -1, 0, 1] {
            due.append(token.needsRenewal(at: end + seconds))
            valid.append(token.isValid(at: end + seconds))
        }
        #expect(due == [false, false, true, true, true, true])
        #expect(valid == [true, true, true, true, false, false])
    }

    @Test("keep their refresh token where the answer has no other")
    func kept() throws {
        let center = try Center()
        let token = try center.token()
        let body = #"{"accessToken": "a", "expiresIn": 60}"#
        let renewed = try token.renewed(by: center.oidc(sender: Saying(status: 200, body: body)))
        #expect(text(renewed.accessToken) == "a")
        let isSame = text(ifPresent: renewed.refreshToken) == text(ifPresent: token.refreshToken)
        #expect(isSame)
    }

    @Test("cannot be renewed after the user's session, nor with a registration that has ended")
    func ended() throws {
        let center = try Center()
        let token = try center.token()
        try center.tell("expire", #"{"what": "refresh"}"#)
        #expect(throws: SignInError.signInNeeded) { _ = try token.renewed(by: center.oidc()) }
        try center.tell("expire", #"{"what": "registrations"}"#)
        #expect(throws: SignInError.signInNeeded) { _ = try token.renewed(by: center.oidc()) }
        let requests = try center.log()
        let inAYear = TestClock().timing(later: 365 * 86_400)
        #expect(throws: SignInError.signInNeeded) { _ = try token.renewed(by: center.oidc(inAYear)) }
        #expect(try center.log() == requests, "it is known without asking")
    }

    @Test("are asked for again after failures that pass")
    func retried() throws {
        let center = try Center()
        let token = try center.token()
        let clock = TestClock()
        try center.tell("fail", #"{"path": "/token", "statuses": [500, 503]}"#)
        _ = try token.renewed(by: center.oidc(clock.timing()))
        #expect(clock.sleeps == [500, 1000])
        try center.tell("fail", #"{"path": "/token", "statuses": [500, 503, 502]}"#)
        #expect(throws: SignInError.refused(SignInRefusal(code: "", message: "", status: 502))) {
            _ = try token.renewed(by: center.oidc(clock.timing()))
        }
    }

    @Test("never show in a message")
    func unrepeated() throws {
        let center = try Center()
        let token = try center.token()
        let body = #"{"error": "strange", "error_description": "no \#(text(ifPresent: token.refreshToken) ?? "")!"}"#
        #expect(throws: SignInError.refused(SignInRefusal(code: "strange", message: "", status: 400))) {
            _ = try token.renewed(by: center.oidc(sender: Saying(status: 400, body: body)))
        }
        let secret = text(ifPresent: token.refreshToken) ?? ""
        let half = secret.utf8.count / 2
        let split = #"{"error": "\#(secret.prefix(half))", "error_description": "\#(secret.dropFirst(half))"}"#
        #expect(throws: SignInError.refused(SignInRefusal(code: "", message: "", status: 400))) {
            _ = try token.renewed(by: center.oidc(sender: Saying(status: 400, body: split)))
        }
        let other = #"{"error": "invalid_scope", "error_description": "no \u001b[2J \u202e"}"#
        let shown = SignInRefusal(code: "invalid_scope", message: #"no \u{1b}[2J \u{202e}"#, status: 400)
        #expect(throws: SignInError.refused(shown)) {
            _ = try token.renewed(by: center.oidc(sender: Saying(status: 400, body: other)))
        }
    }

    @Test("are the same after a while in storage")
    func stored() throws {
        let center = try Center(scopes: ["a", "b"])
        let token = try center.token()
        let read = try SSOToken(decoding: token.encoded())
        let isSame =
            text(read.accessToken) == text(token.accessToken) && read.site == token.site
            && text(ifPresent: read.refreshToken) == text(ifPresent: token.refreshToken)
            && secrets(of: read.registration) == secrets(of: token.registration)
            && read.expiration == token.expiration
        #expect(isSame)
        _ = try read.renewed(by: center.oidc())
        let isSameAgain = text(try read.encoded()) == text(try token.encoded())
        #expect(isSameAgain)
    }

    @Test("that were cut in storage are told")
    func damaged() throws {
        let encoded = try Center().token().encoded()
        var readable = 0
        for count in 0..<encoded.count {
            do throws(SignInError) {
                _ = try SSOToken(decoding: encoded.copy(0..<count))
                readable += 1
            } catch {
                guard case .damagedToken = error else { throw error }
            }
        }
        // Between the parts that need not be there: before the refresh token, and before the registration.
        #expect(readable == 2)
    }
}
