import Failures
import Issuing
import RoomSupport
import Testing

@Suite("Less than the role allows")
struct NarrowingTests {
    private static let readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    private static let document = #"{"Version": "2012-10-17", "Statement": []}"#

    /// What a request says of policies.
    private func narrowed(_ request: SentRequest?) -> [String: String] {
        (request?.form ?? [:]).filter { $0.key.hasPrefix("Policy") }
    }

    private func rig(_ more: String = "", policy: String = document) throws -> Rig {
        let rig = try Rig(Rig.plainProfiles + more)
        try rig.home.write(policy, to: "policy.json")
        return rig
    }

    private func policy(_ rig: Rig) -> Narrowing { .policy(path: rig.home.path + "/policy.json") }

    @Test("read-only is AWS's own policy, and a session of its own")
    func readOnly() throws {
        let rig = try rig()
        let whole = try rig.key()
        let less = try rig.key(narrowing: .readOnly)
        #expect(rig.sts.requests.map(narrowed) == [[:], ["PolicyArns.member.1.arn": Self.readOnly]])
        #expect(less != whole)
        #expect(try rig.key() == whole)
        #expect(try rig.key(narrowing: .readOnly) == less)
        #expect(rig.sts.requests.count == 2)
    }

    @Test("a policy file is sent as it is, less the white space behind it")
    func file() throws {
        let rig = try rig(policy: Self.document + "\n")
        let whole = try rig.key()
        let less = try rig.key(narrowing: policy(rig))
        #expect(narrowed(rig.sts.requests.last) == ["Policy": Self.document])
        #expect(less != whole)
        #expect(try rig.key(narrowing: policy(rig)) == less)
        // Once it has changed it is another one.
        try rig.home.write(Self.document.replacing("[]", with: "[ ]"), to: "policy.json")
        #expect(try rig.key(narrowing: policy(rig)) != less)
    }

    @Test("it costs no other code")
    func noOtherCode() throws {
        let rig = try Rig()
        try rig.key(code: "123456")
        try rig.key(of: "audit", narrowing: .readOnly)
        #expect(rig.sts.actions == ["GetSessionToken", "AssumeRole", "AssumeRole"])
    }

    @Test("only the last role is narrowed")
    func lastRole() throws {
        let rig = try rig("[profile second]\nwarder_role_arn = \(Rig.audit)\nwarder_source_profile = prod\n")
        try rig.key(of: "second", narrowing: .readOnly)
        #expect(rig.sts.requests.map { $0.form["RoleArn"] } == [Rig.admin, Rig.audit])
        #expect(rig.sts.requests.map(narrowed) == [[:], ["PolicyArns.member.1.arn": Self.readOnly]])
    }

    @Test("the partition is the role's", arguments: ["aws-cn", "aws-us-gov", "aws-iso", "aws-eusc"])
    func partition(name: String) throws {
        let role = Rig.admin.replacing("arn:aws:", with: "arn:\(name):")
        let rig = try rig("[profile there]\nwarder_role_arn = \(role)\nwarder_source_profile = alice\n")
        try rig.key(of: "there", narrowing: .readOnly)
        #expect(
            narrowed(rig.sts.requests.last) == [
                "PolicyArns.member.1.arn": Self.readOnly.replacing("arn:aws:", with: "arn:\(name):")
            ])
    }

    @Test(
        "policies of one session add up, so that a profile with one is not narrowed",
        arguments: ["policy_arns = arn:aws:iam::aws:policy/IAMReadOnlyAccess", "policy = \(document)"], ["", "warder_"])
    func policyAlready(line: String, prefix: String) throws {
        let rig = try rig(
            "[profile p]\nwarder_role_arn = \(Rig.admin)\nwarder_source_profile = alice\n\(prefix)\(line)\n")
        for narrowing in [.readOnly, policy(rig)] {
            let failure = rig.failure(of: "p", narrowing: narrowing)
            #expect(failure?.code == .usage)
            #expect(failure?.message.contains("policy already") == true)
        }
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("a profile without a role cannot be narrowed")
    func noRole() throws {
        let rig = try Rig()
        try rig.home.write(Self.document, to: "policy.json")
        for narrowing in [.readOnly, policy(rig)] {
            let failure = rig.failure(of: "alice", code: "123456", narrowing: narrowing)
            #expect(failure?.code == .usage)
            #expect(failure?.message.contains("no role") == true)
        }
        #expect(rig.sts.requests.isEmpty)
    }

    @Test(
        "a file that is no policy is refused, by its name",
        arguments: [
            "", "[]", "word", #""{""#, "{" + String(repeating: " ", count: 2048) + "}", "{",
            #"{"Version": "2012-10-17"} trailing"#, String(document.dropLast()),
        ])
    func noPolicy(text: String) throws {
        let rig = try rig(policy: text)
        let failure = rig.failure(narrowing: policy(rig))
        #expect(failure?.code == .badConfig)
        #expect(failure?.message.contains(rig.home.path + "/policy.json") == true)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("so is one that is far too large, and what is no file", arguments: ["large", "/nowhere", "/", ""])
    func noFile(path: String) throws {
        let rig = try rig(policy: String(repeating: "x", count: 100_000))
        let failure = rig.failure(narrowing: path == "large" ? policy(rig) : .policy(path: path))
        #expect(failure?.code == .badConfig || failure?.code == .other)
        #expect(failure?.message.contains("policy") == true)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("a web identity is not narrowed, and so is refused")
    func webIdentity() throws {
        let rig = try rig(Rig.web)
        try rig.home.write("token", to: "jwt")
        #expect(rig.failure(of: "web", narrowing: .readOnly)?.code == .usage)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("a role that takes the code itself is narrowed too")
    func codeInTheRole() throws {
        let rig = try Rig(
            Rig.profiles + "[profile long]\nrole_arn = \(Rig.admin)\nsource_profile = alice\nduration_seconds = 7200\n")
        try rig.key(of: "long", code: "123456", narrowing: .readOnly)
        #expect(rig.sts.actions == ["AssumeRole"])
        #expect(narrowed(rig.sts.requests[0]) == ["PolicyArns.member.1.arn": Self.readOnly])
        #expect(rig.sts.requests[0].form["SerialNumber"] == Rig.device)
    }

    @Test("where a narrowed session cannot be had, nothing wider is given out")
    func nothingWider() throws {
        let rig = try rig()
        try rig.key()
        rig.sts.next(TestSTS.refusal("AccessDenied"))
        #expect(rig.failure(narrowing: .readOnly)?.code == .refused)
    }

    @Test("what is cached is told apart by it")
    func cached() throws {
        let rig = try rig()
        try rig.key()
        #expect(try rig.issuer().cachedSession(0)?.isServed == true)
        #expect(try rig.issuer(narrowing: .readOnly).cachedSession(0) == nil)
    }
}
