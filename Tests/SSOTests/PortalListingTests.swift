import SSO
import Secrets
import Servers
import Testing
import Threads
import Times
import Transport

@Suite(
    "Accounts and roles", .waits, .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
struct PortalListingTests {
    private static let assigned = #"""
        [["111111111111", "Kunde Ä/\"x\"\n", "a@example.com", ["Admin +/é", "B", "C"]], ["222222222222", "", "", []]]
        """#

    @Test("are all there, whatever their pages", arguments: [1, 2, 3, 1000])
    func pages(size: Int) throws {
        let center = try Center()
        let token = try center.token()
        try center.tell("assign", #"{"accounts": \#(Self.assigned), "page": \#(size)}"#)
        let portal = try center.portal()
        let accounts = try portal.accounts(token: token.accessToken)
        #expect(
            accounts == [
                PortalAccount(id: "111111111111", name: "Kunde Ä/\"x\"\n", email: "a@example.com"),
                PortalAccount(id: "222222222222", name: "", email: ""),
            ])
        let roles = try accounts.map { try portal.roles(in: $0.id, token: token.accessToken) }
        #expect(roles == [["Admin +/é", "B", "C"], []])
    }

    @Test("need a token that is good")
    func unauthorized() throws {
        let center = try Center()
        let portal = try center.portal()
        #expect(throws: SignInError.signInNeeded) { _ = try portal.accounts(token: secret("stale")) }
        #expect(throws: SignInError.signInNeeded) { _ = try portal.roles(in: "111111111111", token: secret("stale")) }
    }

    @Test("are asked for for a minute while there are too many requests")
    func patience() throws {
        let center = try Center()
        let token = try center.token()
        let clock = TestClock()
        let portal = try center.portal(clock.timing())
        try center.tell("fail", #"{"path": "/assignment/accounts", "statuses": [429, 429, 429, 429]}"#)
        _ = try portal.accounts(token: token.accessToken)
        // Two pauses of a call, one of the list, and one of the next call.
        #expect(clock.sleeps == [500, 1000, 1500, 500])
        let many = [String](repeating: "429", count: 18).joined(separator: ", ")
        try center.tell("fail", #"{"path": "/assignment/accounts", "statuses": [\#(many)]}"#)
        #expect(throws: SignInError.slowDown(SignInRefusal(code: "", message: "", status: 429))) {
            _ = try portal.accounts(token: token.accessToken)
        }
        #expect(clock.sleeps.reduce(0, +) < 60_000)
    }

    @Test("end, though the portal says that there is more")
    func endless() throws {
        let center = try Center()
        let token = try center.token()
        try center.tell("assign", #"{"accounts": \#(Self.assigned), "endless": true}"#)
        #expect(throws: SignInError.endlessList) {
            _ = try center.portal().roles(in: "111111111111", token: token.accessToken)
        }
    }

    @Test(
        "are refused if they are none",
        arguments: [
            (#"{"accountList": 1}"#, "accountList"), (#"{"accountList": [1]}"#, "accountList"),
            (#"{"accountList": [{"accountId": 1}]}"#, "accountList"), (#"{"accountList": [{}]}"#, "accountId"),
            (#"{"accountList": [{"accountId": "11111111111"}]}"#, "accountId"),
            (#"{"accountList": [{"accountId": "11111111111\n"}]}"#, "accountId"),
            (#"{"accountList": [], "nextToken": "a b"}"#, "nextToken"), (#"{"nextToken": 1}"#, "accountList"),
            (#"{"accountList": [], "nextToken": 1}"#, "nextToken"), ("{}", "accountList"),
        ])
    func strange(body: String, member: String) throws {
        let center = try Center()
        let token = try center.token()
        let quoted = body.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        try center.tell("fail", #"{"path": "/assignment/accounts", "statuses": [200], "body": "\#(quoted)"}"#)
        #expect(throws: SignInError.missing(member, status: 200)) {
            _ = try center.portal().accounts(token: token.accessToken)
        }
    }
}
