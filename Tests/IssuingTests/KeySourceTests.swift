import Failures
import Issuing
import RoomSupport
import Secrets
import Testing
import Times
import Transport

@Suite("Keys of the environment and of files")
struct KeySourceTests {
    private func environmentRig() throws -> Rig {
        try Rig(
            "[profile p]\nregion = eu-west-1\nrole_arn = \(Rig.admin)\ncredential_source = Environment\n"
                + "[profile raw]\ncredential_source = Environment\n",
            environment: [
                "AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ACCOUNT_ID": "123456789012",
            ])
    }

    @Test("the environment's key is given as it is, with its token and its account")
    func environment() throws {
        let rig = try environmentRig()
        let key = try rig.issuer("raw").credentials()
        #expect(key.accessKeyID == "AKIAONE" && text(key.secret) == "s" && key.accountID == "123456789012")
        #expect(text(ifPresent: key.sessionToken) == nil && key.expiration == nil)
        rig.home.set("AWS_SESSION_TOKEN", "")
        #expect(text(ifPresent: try rig.issuer("raw").credentials().sessionToken) == nil)
        rig.home.set("AWS_SESSION_TOKEN", "t0ken")
        #expect(text(ifPresent: try rig.issuer("raw").credentials().sessionToken) == "t0ken")
    }

    @Test(
        "half a key of the environment is none, and the line that wants it is named",
        arguments: [
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        ])
    func half(missing: String) throws {
        let rig = try environmentRig()
        for value in [nil, ""] {
            rig.home.set(missing, value)
            let failure = rig.failure(of: "p")
            #expect(failure?.code == .notFound)
            #expect(failure?.message.contains("/.aws/config:4: ") == true)
            #expect(try rig.issuer("p").sessionMaker.source.obstacle()?.code == .notFound)
        }
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("another key of the environment is another session")
    func otherKey() throws {
        let rig = try environmentRig()
        let first = try rig.key(of: "p")
        #expect(try rig.key(of: "p") == first)
        rig.home.set("AWS_ACCESS_KEY_ID", "AKIATWO")
        #expect(try rig.key(of: "p") != first)
        #expect(rig.sts.requests.map(\.signer) == ["AKIAONE", "AKIATWO"])
    }

    @Test(
        "a token of a key in plain text that is empty is none", arguments: ["", "# none", "\t"],
        ["config", "credentials"])
    func emptyToken(value: String, file: String) throws {
        let keys =
            "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/plain\naws_session_token = \(value)\n"
        let rig = try Rig(
            "[profile p]\nregion = eu-west-1\n" + (file == "config" ? keys : ""),
            credentials: file == "config" ? "" : "[p]\n" + keys)
        let key = try rig.issuer("p").credentials()
        #expect(key.accessKeyID == "AKIAPLAIN" && text(key.secret) == "secret/of/plain")
        #expect(text(ifPresent: key.sessionToken) == nil && key.expiration == nil)
        #expect(rig.sts.requests.isEmpty)
        // It is a long-term key: a device makes a session of it.
        try rig.home.write(
            "[profile p]\nmfa_serial = \(Rig.device)\nregion = eu-west-1\n" + (file == "config" ? keys : ""),
            to: ".aws/config")
        try rig.key(of: "p", code: "123456")
        #expect(rig.sts.actions == ["GetSessionToken"])
        #expect(!rig.sts.requests[0].hasSecretHeader)
    }

    @Test("a key in plain text with a token is a session, of which no other is made")
    func plainSession() throws {
        let rig = try Rig(
            "[profile p]\nmfa_serial = \(Rig.device)\naws_access_key_id = ASIAPLAIN\naws_secret_access_key = s\n"
                + "aws_session_token = t\n", credentials: "")
        #expect(try rig.key(of: "p") == "ASIAPLAIN")
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("half a key in plain text is the config's failure")
    func halfPlain() throws {
        let rig = try Rig("[profile p]\naws_access_key_id = AKIAPLAIN\n", credentials: "")
        #expect(rig.failure(of: "p")?.code == .badConfig || rig.failure(of: "p")?.code == .notFound)
    }
}
