import Failures
import Foundation
import Issuing
import RoomSupport
import Stores
import Testing

@Suite("What each step asks of STS")
struct ChainStepTests {
    private func role(_ lines: String, of source: String = "alice", named name: String = "p") -> String {
        "[profile \(name)]\nwarder_role_arn = \(Rig.admin)\nwarder_source_profile = \(source)\n\(lines)\n"
    }

    static let parameters: [(String, [String: String])] = [
        ("external_id = a:b/c", ["ExternalId": "a:b/c"]),
        ("role_session_name = from@here", ["RoleSessionName": "from@here"]),
        ("duration_seconds = 900", ["DurationSeconds": "900"]),
        (#"policy = {"Version":"2012-10-17","Statement":[]}"#, ["Policy": #"{"Version":"2012-10-17","Statement":[]}"#]),
        (
            "policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::aws:policy/IAMReadOnlyAccess",
            [
                "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
                "PolicyArns.member.2.arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
            ]
        ),
        (
            "session_tags = team=core,cost=42",
            [
                "Tags.member.1.Key": "team", "Tags.member.1.Value": "core", "Tags.member.2.Key": "cost",
                "Tags.member.2.Value": "42",
            ]
        ),
        ("source_identity = alice", ["SourceIdentity": "alice"]),
    ]

    @Test("a parameter of the profile is sent, and no other", arguments: parameters, ["", "warder_"])
    func parameter(_ parameter: (String, [String: String]), prefix: String) throws {
        let (line, sent) = parameter
        let rig = try Rig(Rig.plainProfiles + role(prefix + line))
        try rig.key(of: "p")
        let form = rig.sts.requests[0].form
        for (name, value) in sent { #expect(form[name] == value) }
        let optional = [
            "ExternalId", "Policy", "PolicyArns", "Tags", "TransitiveTagKeys", "SourceIdentity", "TokenCode",
            "SerialNumber",
        ]
        #expect(form.keys.filter { name in optional.contains { name.hasPrefix($0) } && sent[name] == nil } == [])
    }

    @Test("transitive tags are named")
    func transitiveTags() throws {
        let rig = try Rig(
            Rig.plainProfiles + role("session_tags = team=core,cost=42\ntransitive_session_tags = cost"))
        try rig.key(of: "p")
        #expect(rig.sts.requests[0].form["TransitiveTagKeys.member.1"] == "cost")
        #expect(rig.sts.requests[0].form["TransitiveTagKeys.member.2"] == nil)
    }

    @Test("a policy in a file is read")
    func policyFile() throws {
        let document = "{\"Version\": \"2012-10-17\",\n \"Statement\": []}\n"
        for line in ["policy = file://~/policy.json", "warder_policy_file = ~/policy.json"] {
            let rig = try Rig(Rig.plainProfiles + role(line))
            try rig.home.write(document, to: "policy.json")
            try rig.key(of: "p")
            #expect(rig.sts.requests[0].form["Policy"] == document)
        }
    }

    @Test(
        "a policy file that is not there, or too long for STS, is the config's failure",
        arguments: [nil, 2049] as [Int?])
    func badPolicyFile(count: Int?) throws {
        let rig = try Rig(Rig.plainProfiles + role("warder_policy_file = ~/policy.json"))
        if let count { try rig.home.write(String(repeating: "x", count: count), to: "policy.json") }
        let failure = rig.failure(of: "p")
        #expect(failure?.code == .badConfig)
        #expect(failure?.message.contains(rig.home.path + "/policy.json") == true)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("the prefixed setting is the one that counts")
    func prefixed() throws {
        let rig = try Rig(Rig.plainProfiles + role("external_id = plain\nwarder_external_id = prefixed"))
        try rig.key(of: "p")
        #expect(rig.sts.requests[0].form["ExternalId"] == "prefixed")
    }

    @Test("without a session name of its own a role's session is named after the key")
    func sessionName() throws {
        let rig = try Rig(Rig.plainProfiles)
        try rig.key()
        #expect(rig.sts.requests[0].form["RoleSessionName"] == "warder-alice")
    }

    @Test("requests go to the profile's region, and are signed for it")
    func regions() throws {
        let rig = try Rig(Rig.plainProfiles + role("region = ap-southeast-2", named: "far"))
        try rig.key(of: "far")
        #expect(rig.sts.requests[0].url == "https://sts.ap-southeast-2.amazonaws.com/")
        #expect(rig.sts.requests[0].signingRegion == "ap-southeast-2")
    }

    @Test("roles in a row: each is signed with what the one before gave")
    func row() throws {
        let rig = try Rig(
            Rig.profiles + role("role_session_name = one", named: "first")
                + "[profile second]\nrole_arn = \(Rig.audit)\nsource_profile = first\n")
        try rig.key(of: "second", code: "123456")
        #expect(rig.sts.actions == ["GetSessionToken", "AssumeRole", "AssumeRole"])
        #expect(rig.sts.requests.map { $0.form["RoleArn"] } == [nil, Rig.admin, Rig.audit])
        #expect(rig.sts.requests.map(\.signer) == ["AKIAALICE", "ASIA000000000001", "ASIA000000000002"])
        #expect(rig.sts.requests.map { $0.form["TokenCode"] } == ["123456", nil, nil])
    }

    @Test("a role of over an hour takes the code itself, since AWS caps one behind a session")
    func longRole() throws {
        let rig = try Rig(Rig.profiles + role("duration_seconds = 7200", named: "long"))
        try rig.key(of: "long", code: "123456")
        #expect(rig.sts.actions == ["AssumeRole"])
        #expect(rig.sts.requests[0].signer == "AKIAALICE")
        let form = rig.sts.requests[0].form
        #expect(
            form["DurationSeconds"] == "7200" && form["SerialNumber"] == Rig.device && form["TokenCode"] == "123456")
    }

    @Test("a role with another device takes a code of that")
    func otherDevice() throws {
        let other = "arn:aws:iam::111111111111:mfa/other"
        let rig = try Rig(Rig.plainProfiles + role("mfa_serial = \(other)", named: "device"))
        try rig.key(of: "device", code: "123456")
        #expect(rig.sts.requests.filter { $0.form["TokenCode"] != nil }.map { $0.form["SerialNumber"] } == [other])
    }

    @Test("a profile as long as wanted")
    func sessionDuration() throws {
        let rig = try Rig(
            Rig.profiles.replacing("[profile alice]", with: "[profile alice]\nwarder_session_duration = 90m"))
        try rig.key(of: "alice", code: "123456")
        #expect(rig.sts.requests[0].form["DurationSeconds"] == "5400")
    }

    @Test("a plaintext key without a device signs for the role")
    func plaintextKey() throws {
        let rig = try Rig(
            "[profile plain]\nrole_arn = \(Rig.admin)\nsource_profile = plain\n"
                + "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = s\n", credentials: "")
        try rig.key(of: "plain")
        #expect(rig.sts.requests.map(\.signer) == ["AKIAPLAIN"])
    }

    // MARK: - Stored keys

    private func stored(_ more: String = "", device: Bool = true) throws -> Rig {
        let rig = try Rig((device ? Rig.profiles : Rig.plainProfiles) + more, credentials: "")
        try rig.home.makeVault()
        return rig
    }

    @Test("a stored key becomes a session first, with a device or without", arguments: [true, false])
    func storedKey(device: Bool) throws {
        let rig = try stored(device: device)
        try rig.key(code: device ? "123456" : nil)
        #expect(rig.sts.actions == ["GetSessionToken", "AssumeRole"])
        #expect(rig.sts.requests.map(\.signer) == ["AKIAALICE0000000", "ASIA000000000001"])
        #expect((rig.sts.requests[0].form["SerialNumber"] == Rig.device) == device)
        #expect(rig.sts.requests[0].form["DurationSeconds"] == "43200")
    }

    @Test("the account of its session is that of the key's record; a role's is its own")
    func accounts() throws {
        let rig = try stored()
        #expect(try rig.issuer("alice", code: "123456").credentials().accountID == "111111111111")
        #expect(try rig.issuer("prod").credentials().accountID == "222222222222")
    }

    @Test("without a session the key itself signs")
    func withoutSession() throws {
        let rig = try stored("[profile direct]\nrole_arn = \(Rig.admin)\nwarder_key = alice\nwarder_session = off\n")
        try rig.key(of: "direct")
        #expect(rig.sts.actions == ["AssumeRole"])
        #expect(rig.sts.requests.map(\.signer) == ["AKIAALICE0000000"])
    }

    @Test("without a session, a refresh makes the only role's session anew")
    func refreshWithoutSession() throws {
        let rig = try stored("[profile direct]\nrole_arn = \(Rig.admin)\nwarder_key = alice\nwarder_session = off\n")
        let first = try rig.key(of: "direct")
        #expect(try rig.issuer("direct").refresh().accessKeyID != first)
        #expect(rig.sts.actions == ["AssumeRole", "AssumeRole"])
    }

    @Test("without a session or a role the key is the answer")
    func keyIsTheAnswer() throws {
        let rig = try stored("[profile raw]\nwarder_key = alice\nwarder_session = off\n")
        let credentials = try rig.issuer("raw").credentials()
        #expect(credentials.accessKeyID == "AKIAALICE0000000")
        #expect(text(credentials.secret) == "secret-of-AKIAALICE0000000")
        #expect(credentials.expiration == nil)
        #expect(text(ifPresent: credentials.sessionToken) == nil)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("a key that is not stored is named, and one that is nearly so is meant")
    func noSuchKey() throws {
        let rig = try stored("[profile wrong]\nwarder_key = alcie\n")
        let failure = rig.failure(of: "wrong")
        #expect(failure?.code == .notFound || failure?.code == .badConfig)
        #expect(failure?.message.contains("alcie") == true)
        let absent = rig.failure(of: "prdo")
        #expect(absent?.code == .notFound)
        #expect(absent?.hint.contains("did you mean prod?") == true)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("after warder lock a store that opens by itself is held back until it is unlocked")
    func heldBack() throws {
        let rig = try stored(device: false)
        try rig.key()
        #expect(try Keys(try rig.home.context()).lock() == true)
        let failure = rig.failure()
        #expect(failure?.code == .locked)
        #expect(failure?.hint == "run warder unlock")
    }

    // MARK: - What STS answers

    @Test(
        "an answer that is none, or a refusal, is a failure after three tries at most, and keeps nothing",
        arguments: [
            (TestSTS.refusal("AccessDenied", "User is not authorized"), ExitCode.refused, 1),
            (TestSTS.refusal("InvalidClientTokenId"), .refused, 1),
            (TestSTS.refusal("InternalFailure", status: 500), .refused, 3),
            (TestSTS.refusal("Throttling", status: 400), .refused, 3),
            (.answer(503, "Service Unavailable"), .network, 3),
            (.answer(200, "<html>Log in</html>"), .network, 1),
            (.answer(200, "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), .network, 1),
            (.answer(200, "<AssumeRoleResponse><AssumeRoleRes"), .network, 1), (.answer(200, ""), .network, 1),
            (.failure(.tooLarge(host: "sts")), .network, 1),
            (.failure(.redirected(host: "sts", status: 302)), .network, 1),
            (.failure(.timedOut(host: "sts", sent: true)), .network, 3),
        ] as [(ScriptedResponse, ExitCode, Int)])
    func answers(reply: ScriptedResponse, code: ExitCode, requests: Int) throws {
        let rig = try Rig(Rig.plainProfiles)
        rig.sts.next(reply, reply, reply)
        #expect(rig.failure()?.code == code)
        #expect(rig.sts.actions == Array(repeating: "AssumeRole", count: requests))
        #expect(try rig.issuer().cachedSession(0) == nil)
    }

    @Test("what AWS said is told")
    func told() throws {
        let rig = try Rig(Rig.plainProfiles)
        rig.sts.next(TestSTS.refusal("AccessDenied", "User is not authorized to perform: sts:AssumeRole."))
        #expect(
            rig.failure()?.message
                == "AWS refused to assume \(Rig.admin): AccessDenied: User is not authorized to perform: sts:AssumeRole"
        )
    }

    @Test("a process that is answered by nobody is back within ten seconds of its clock")
    func budget() throws {
        let rig = try Rig(Rig.plainProfiles)
        let clock = rig.clock
        rig.sts.whileAsked { _ in clock.advance(20) }
        let slow = ScriptedResponse.failure(.timedOut(host: "sts", sent: true))
        rig.sts.next(slow, slow, slow)
        #expect(rig.failure()?.code == .network)
        #expect(rig.sts.requests.count == 1)
    }
}
