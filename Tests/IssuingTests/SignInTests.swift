import Failures
import Issuing
import RoomSupport
import Secrets
import Setup
import Stores
import Synchronization
import Testing
import Threads
import Times
import Transport

@Suite("Signing in to IAM Identity Center", .waits)
struct SignInTests {
    private static let config = """
        [sso-session corp]
        sso_region = eu-west-1
        sso_start_url = https://corp.awsapps.com/start
        sso_registration_scopes = sso:account:access
        [profile one]
        sso_session = corp
        sso_account_id = 111111111111
        sso_role_name = Reader
        [profile two]
        sso_session = corp
        sso_account_id = 222222222222
        sso_role_name = Reader
        [profile none]
        sso_session = corp

        """
    private let center = Center()

    private func rig() throws -> Rig {
        try Rig(Self.config, credentials: "", clock: center.clock, sender: center.sender)
    }

    private func signIn(_ rig: Rig, _ profile: String = "one", noPrompt: Bool = false) throws(Failure) -> String {
        let context = try rig.home.context(noPrompt: noPrompt)
        let keys = Keys(context)
        let issuer = try Issuer(
            context, profile: profile, keys: keys, codes: CodeSupply(given: nil, keys: keys), signIn: .deviceCode)
        return try issuer.refresh().accessKeyID
    }

    @Test("one sign-in serves every profile of the session, and what it gave is kept")
    func once() throws {
        let rig = try rig()
        #expect(try signIn(rig) == "ASIASIGNEDIN0000000")
        #expect(center.asked == ["register", "device_authorization", "token:device", "credentials"])
        #expect(rig.home.console.lines.contains { $0.contains("ABCD-EFGH") })
        #expect(rig.home.console.lines.contains("https://device.example/"))
        try rig.key(of: "one")
        #expect(center.asked.count == 4)
        try rig.key(of: "two")
        #expect(center.asked.suffix(1) == ["credentials"])
        for token in ["access-1", "refresh-1", "client-secret"] {
            let isPlain = try rig.home.holds(token)
            #expect(!isPlain)
        }
    }

    @Test(
        "the helper of an SDK never signs in, nor does a command without a terminal",
        arguments: [
            Rig.Method.helper, .silent, .command,
        ])
    func never(way: Rig.Method) throws {
        let rig = try rig()
        rig.home.set("DISPLAY", ":77")
        let failure = rig.failure(of: "one", as: way)
        #expect(failure?.code == .promptNeeded)
        #expect(failure?.message == "corp wants you to sign in")
        #expect(failure?.hint == "run warder refresh one in a terminal")
        #expect(center.asked.isEmpty)
        #expect(try rig.issuer("one").sessionMaker.source.obstacle()?.message == failure?.message)
    }

    @Test("nor does anything where prompts are switched off")
    func noPrompt() throws {
        let rig = try rig()
        #expect(failureOf { () throws(Failure) in try signIn(rig, noPrompt: true) }?.code == .promptNeeded)
        #expect(center.asked.isEmpty)
    }

    @Test("a token near its end is renewed, and a fresh one is used as it is")
    func renewed() throws {
        let rig = try rig()
        center.set { $0.life = 200 }
        _ = try signIn(rig)
        center.set { $0.life = 28_800 }
        try rig.key(of: "two")
        #expect(center.asked.suffix(2) == ["token:refresh", "credentials"])
        _ = try rig.issuer("two").refresh()
        #expect(center.asked.suffix(2) == ["credentials", "credentials"])
    }

    @Test("so is one that the portal does not take any more, whatever its end says")
    func signedOut() throws {
        let rig = try rig()
        _ = try signIn(rig)
        center.set { $0.portal = [401] }
        try rig.key(of: "two")
        #expect(center.asked.suffix(3) == ["credentials", "token:refresh", "credentials"])
    }

    @Test("where it cannot be renewed the user must sign in")
    func mustSignIn() throws {
        let rig = try rig()
        _ = try signIn(rig)
        center.set {
            $0.portal = [401]
            $0.token = [.answer(400, #"{"error":"invalid_grant","error_description":"no"}"#)]
        }
        #expect(rig.failure(of: "two")?.code == .promptNeeded)
        _ = try signIn(rig, "two")
        #expect(try rig.key(of: "two") == "ASIASIGNEDIN0000000")
    }

    @Test("the end of the registration is the end of renewals")
    func registrationEnds() throws {
        let rig = try rig()
        _ = try signIn(rig)
        center.clock.advance(7_776_001)
        #expect(rig.failure(of: "one")?.code == .promptNeeded)
    }

    @Test("while the token is valid, a renewal that fails is no failure")
    func renewalFails() throws {
        let rig = try rig()
        center.set { $0.life = 200 }
        _ = try signIn(rig)
        center.set { $0.token = [.failure(.tooLarge(host: "oidc"))] }
        #expect(try rig.key(of: "two") == "ASIASIGNEDIN0000000")
    }

    @Test("of many at once one renews the token")
    func crowd() throws {
        let rig = try rig()
        center.set { $0.life = 200 }
        _ = try signIn(rig)
        _ = try rig.issuer("one").forget()
        center.set { $0.life = 28_800 }
        inThreads(10) { index in _ = try? rig.key(of: index % 2 == 0 ? "one" : "two", waits: .patient) }
        #expect(center.asked.count { $0 == "token:refresh" } == 1)
        #expect(center.asked.count { $0 == "credentials" } == 3)
    }

    @Test("what is cached outlives the sign-in")
    func outlives() throws {
        let rig = try rig()
        _ = try signIn(rig)
        center.set { $0.portal = [401, 401, 401] }
        #expect(try rig.key(of: "one") == "ASIASIGNEDIN0000000")
    }

    // MARK: - The AWS CLI's token

    /// SHA-1 of the session's name.
    private static let cliFile = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"

    private func cliToken(_ rig: Rig, _ token: String = "of-cli", until end: Int64) throws {
        let text = #"{"accessToken":"\#(token)","expiresAt":"\#(UnixTime(end).iso8601)","region":"eu-west-1"}"#
        try rig.home.write(text, to: Self.cliFile)
    }

    @Test("the AWS CLI's token serves while it is valid")
    func cli() throws {
        let rig = try rig()
        try cliToken(rig, until: rig.clock.now + 60)
        try rig.key(of: "one")
        #expect(center.asked == ["credentials"])
        let other = try self.rig()
        try cliToken(other, until: other.clock.now)
        #expect(other.failure(of: "one")?.code == .promptNeeded)
    }

    @Test("whoever has signed in anew with the AWS CLI need not do it again")
    func cliAnew() throws {
        let rig = try rig()
        center.set { $0.life = 200 }
        _ = try signIn(rig)
        center.clock.advance(201)
        center.set { $0.token = [.answer(400, #"{"error":"invalid_grant"}"#)] }
        try cliToken(rig, until: rig.clock.now + 3600)
        #expect(try rig.issuer("two").sessionMaker.source.obstacle()?.message == nil)
        try rig.key(of: "two")
        #expect(center.asked.suffix(2) == ["token:refresh", "credentials"])
    }

    @Test(
        "a damaged token of the CLI is none",
        arguments: [
            "", "{", "{}", "[]", #"{"token":"t","expiresAt":"2099-01-01T00:00:00Z"}"#, #"{"accessToken":"t"}"#,
            #"{"accessToken":17,"expiresAt":"2099-01-01T00:00:00Z"}"#,
        ])
    func cliDamaged(text: String) throws {
        let rig = try rig()
        try rig.home.write(text, to: Self.cliFile)
        #expect(rig.failure(of: "one")?.code == .promptNeeded)
        #expect(center.asked.isEmpty)
    }

    // MARK: - Roles

    @Test("a profile that signs in and names no role is the config's failure")
    func noRole() throws {
        let failure = try rig().failure(of: "none")
        #expect(failure?.code == .badConfig)
        #expect(failure?.fault == "sso_role_missing")
        #expect(failure?.origin?.hasSuffix("/.aws/config:14") == true)
    }

    @Test(
        "a role that is not the user's, and a portal that fails, are said",
        arguments: [
            ([403], ExitCode.refused), ([404], .refused), ([500, 500, 500], .refused), ([429, 429, 429], .refused),
        ] as [([Int], ExitCode)])
    func portal(statuses: [Int], code: ExitCode) throws {
        let rig = try rig()
        _ = try signIn(rig)
        center.set { $0.portal = statuses }
        let failure = rig.failure(of: "two")
        #expect(failure?.code == code)
        #expect(failure?.message.contains("Reader") == true)
    }

    @Test("a portal that is down for a moment is asked again, without a wait on the wall clock")
    func moment() throws {
        let rig = try rig()
        _ = try signIn(rig)
        center.set { $0.portal = [500, 503] }
        #expect(try rig.key(of: "two") == "ASIASIGNEDIN0000000")
    }

    @Test(
        "a region that leads elsewhere is the config's failure",
        arguments: ["evil.example/", "eu-west-1.evil.example", "eu west", "@evil", "a@b", "-a", "a.b"])
    func region(name: String) throws {
        let rig = try Rig(
            Self.config.replacing("eu-west-1", with: name), credentials: "", clock: center.clock, sender: center.sender)
        #expect(failureOf { () throws(Failure) in try signIn(rig) }?.code == .badConfig)
        #expect(center.asked.isEmpty)
    }
}
