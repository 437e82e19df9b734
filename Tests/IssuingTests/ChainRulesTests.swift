import Failures
import Issuing
import RoomSupport
import Secrets
import Testing

/// A profile under a rule, and why it gets no credentials; nil where it does.
struct RuledProfile: Sendable, CustomTestStringConvertible {
    let rule: String
    let lines: String
    let refusal: String?

    var testDescription: String { "\(rule): \(lines.replacing("\n", with: ", "))" }
}

@Suite("What the machine's rules make of a chain")
struct ChainRulesTests {
    private static let mfa = "mfa_serial = \(Rig.device)"
    private static let key = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = s"
    private static let session = "aws_access_key_id = ASIAPLAIN\naws_secret_access_key = s\naws_session_token = t"
    private static let role = "role_arn = \(Rig.admin)\nsource_profile = p"
    private static let none = "p asks for no MFA code"

    static let profiles: [RuledProfile] = [
        RuledProfile(rule: "require_mfa = true", lines: "warder_key = alice", refusal: none),
        RuledProfile(rule: "require_mfa = true", lines: "warder_key = alice\n" + mfa, refusal: nil),
        RuledProfile(rule: "require_mfa = false", lines: "warder_key = alice", refusal: nil),
        RuledProfile(
            rule: "require_mfa = true", lines: "warder_key = alice\nwarder_session = off\n" + mfa, refusal: none),
        RuledProfile(
            rule: "require_mfa = true",
            lines: "role_arn = \(Rig.admin)\nwarder_key = alice\nwarder_session = off\n" + mfa, refusal: nil),
        RuledProfile(
            rule: "require_mfa = true", lines: "role_arn = \(Rig.admin)\nwarder_key = alice\nwarder_session = off",
            refusal: none),
        RuledProfile(rule: "require_mfa = true", lines: key, refusal: none),
        RuledProfile(rule: "require_mfa = true", lines: key + "\n" + mfa, refusal: nil),
        RuledProfile(rule: "require_mfa = true", lines: session, refusal: nil),
        RuledProfile(rule: "require_mfa = true", lines: key + "\naws_session_token = t", refusal: none),
        RuledProfile(rule: "require_mfa = true", lines: key + "\naws_session_token = \"\"\n" + mfa, refusal: none),
        RuledProfile(
            rule: "max_session_duration = 36h", lines: key + "\naws_session_token = t",
            refusal: "the key of p would be given out as it is, and it never expires"),
        RuledProfile(rule: "max_session_duration = 36h", lines: session, refusal: nil),
        RuledProfile(
            rule: "require_mfa = true", lines: "role_arn = \(Rig.admin)\ncredential_source = Ec2InstanceMetadata",
            refusal: nil),
        RuledProfile(
            rule: "max_session_duration = 36h", lines: "warder_key = alice\nwarder_session = off",
            refusal: "the key alice would be given out as it is, and it never expires"),
        RuledProfile(
            rule: "max_session_duration = 36h", lines: key,
            refusal: "the key of p would be given out as it is, and it never expires"),
        RuledProfile(rule: "max_session_duration = 36h", lines: key + "\n" + mfa, refusal: nil),
        RuledProfile(rule: "max_session_duration = 36h", lines: "warder_key = alice", refusal: nil),
        RuledProfile(
            rule: "plaintext_keys = refuse", lines: key + "\n" + mfa, refusal: "the key of p is in plain text"),
        RuledProfile(rule: "plaintext_keys = warn", lines: key, refusal: nil),
        RuledProfile(rule: "plaintext_keys = refuse", lines: session, refusal: nil),
        RuledProfile(
            rule: "plaintext_keys = refuse", lines: key + "\naws_session_token = t",
            refusal: "the key of p is in plain text"),
        RuledProfile(rule: "plaintext_keys = refuse", lines: "warder_key = alice", refusal: nil),
    ]

    @Test(arguments: profiles)
    func refused(_ ruled: RuledProfile) throws {
        let rig = try Rig("[profile p]\nregion = eu-west-1\n\(ruled.lines)\n", credentials: "")
        try rig.home.write("[policy]\n\(ruled.rule)\n", to: "etc/warder/config")
        let issuer = try rig.issuer("p")
        let refusal = issuer.rules.refusal
        #expect((refusal == nil) == (ruled.refusal == nil), "\(refusal as Any)")
        guard let wanted = ruled.refusal, refusal != nil else { return }
        #expect(refusal?.message.contains(wanted) == true)
        #expect(refusal?.origin == rig.home.path + "/etc/warder/config:2" && refusal?.cause == .forbidden)
        // Whatever asks for credentials is refused, and nothing is asked of AWS.
        for ask in [
            { try issuer.credentials() }, { try issuer.unconfirmedCredentials() }, { try issuer.refresh() },
            { try issuer.refreshFirstStep() }, { try issuer.refreshLastStep() },
        ] as [() throws -> Credentials] {
            let failure = #expect(throws: Failure.self) { _ = try ask() }
            #expect(failure?.message.contains(wanted) == true)
        }
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("a token beside a long-term key is named by the hint, since no import takes the key with it")
    func strayToken() throws {
        let rig = try Rig("[profile p]\n\(Self.key)\naws_session_token = x\n", credentials: "")
        try rig.home.write("[policy]\nplaintext_keys = refuse\n", to: "etc/warder/config")
        let hint = try rig.issuer("p").rules.refusal?.hint
        #expect(hint?.hasPrefix("remove the aws_session_token (\(rig.home.path)/.aws/config:4)") == true)
        #expect(hint?.hasSuffix("warder import p") == true)
    }

    @Test("a plaintext key behind a role is refused as it is itself")
    func behindARole() throws {
        let rig = try Rig("[profile p]\n\(Self.key)\n[profile r]\n\(Self.role)\nregion = eu-west-1\n", credentials: "")
        try rig.home.write("[policy]\nplaintext_keys = refuse\n", to: "etc/warder/config")
        #expect(try rig.issuer("r").rules.refusal?.message.contains("the key of p is in plain text") == true)
    }
}
