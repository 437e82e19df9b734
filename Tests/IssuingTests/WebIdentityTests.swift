import Failures
import Issuing
import RoomSupport
import Secrets
import Testing
import Times
import Transport

@Suite("A web identity")
struct WebIdentityTests {
    private func rig(_ more: String = "", token: String? = "head.body.signature\n") throws -> Rig {
        let rig = try Rig(Rig.web + more)
        if let token { try rig.home.write(token, to: "jwt") }
        return rig
    }

    @Test("asks STS with the token, unsigned, and is kept")
    func kept() throws {
        let rig = try rig()
        let first = try rig.key(of: "web")
        #expect(try rig.key(of: "web") == first)
        #expect(rig.sts.actions == ["AssumeRoleWithWebIdentity"])
        let request = rig.sts.requests[0]
        #expect(request.form["WebIdentityToken"]?.hasPrefix("head.body.signature") == true)
        #expect(request.form["RoleArn"] == Rig.admin)
        #expect(request.headers["Authorization"] == nil)
        let isPlain = try rig.home.holds("head.body.signature")
        #expect(!isPlain)
    }

    @Test("takes the session's name and its time of a role's settings, and no other")
    func parameters() throws {
        let rig = try rig(
            "role_session_name = me\nduration_seconds = 900\nexternal_id = one\nsource_identity = alice\n"
                + "session_tags = a=1\ntransitive_session_tags = a\n")
        try rig.key(of: "web")
        let form = rig.sts.requests[0].form
        #expect(form["RoleSessionName"] == "me" && form["DurationSeconds"] == "900")
        let others = ["ExternalId", "SourceIdentity", "Tags", "TransitiveTagKeys"]
        #expect(form.keys.filter { name in others.contains { name.hasPrefix($0) } } == [])
    }

    @Test("reads the token anew each time it is asked for")
    func newToken() throws {
        let rig = try rig()
        try rig.key(of: "web")
        try rig.home.write("new.body.signature", to: "jwt")
        _ = try rig.issuer("web").refresh()
        #expect(rig.sts.requests.last?.form["WebIdentityToken"] == "new.body.signature")
    }

    @Test("a token that has ended is said, and not shown")
    func ended() throws {
        let rig = try rig()
        rig.sts.next(TestSTS.refusal("ExpiredTokenException", "Token expired: current date/time 1", status: 400))
        let failure = rig.failure(of: "web")
        #expect(failure?.code == .refused)
        #expect(failure?.message.contains("ExpiredTokenException") == true)
        #expect(failure?.message.contains("head.body") == false)
    }

    @Test(
        "a token that is not there, empty or too large is the config's failure",
        arguments: [nil, "", String(repeating: "x", count: 30_000)])
    func noToken(token: String?) throws {
        let rig = try rig(token: token)
        let failure = rig.failure(of: "web")
        #expect(failure?.code == .badConfig)
        #expect(failure?.message.contains(rig.home.path + "/jwt") == true)
        #expect(try rig.issuer("web").sessionMaker.source.obstacle()?.message == failure?.message)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("the environment's token serves a role without a source")
    func environmentsToken() throws {
        let rig = try Rig("[profile p]\nregion = eu-west-1\nrole_arn = \(Rig.admin)\n")
        try rig.home.write("t", to: "jwt")
        rig.home.set("AWS_WEB_IDENTITY_TOKEN_FILE", rig.home.path + "/jwt")
        try rig.key(of: "p")
        #expect(rig.sts.actions == ["AssumeRoleWithWebIdentity"])
    }
}
