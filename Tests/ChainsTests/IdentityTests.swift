import Chains
import Profiles
import Testing

@Suite("What a cached session is known by")
struct IdentityTests {
    private static let role = "role_arn = arn:aws:iam::222222222222:role/R\n"
    private static let base = "[profile p]\n\(role)source_profile = k\n"

    private func identity(_ config: String, step: Int? = nil, endpoint: String = "e") throws -> [UInt8] {
        let chain = try resolve("p", config, keys: ["k", "l"])
        return chain.identity(ofStep: step ?? chain.stepCount - 1, endpoint: endpoint)
    }

    /// Each differs from all others in something that shapes the credentials.
    static let different: [String] =
        [
            "[profile p]\nrole_arn = arn:aws:iam::222222222222:role/S\nsource_profile = k\n",
            "[profile p]\n\(role)source_profile = l\n",
            "[profile p]\n\(role)warder_key = k\nwarder_session_duration = 1h",
            "[profile p]\n\(role)source_profile = q\n[profile q]\n\(role)source_profile = k",
            "[profile p]\n\(role)credential_source = Environment",
            "[profile p]\n\(role)credential_source = EcsContainer",
            "[profile p]\n\(role)source_profile = q\n[profile q]\ncredential_process = k",
            "[profile p]\n\(role)source_profile = q\n[profile q]\naws_access_key_id = k\naws_secret_access_key = s",
            "[profile p]\n\(role)source_profile = q\n[profile q]\nsso_start_url = k\nsso_region = r",
            "[profile p]\n\(role)source_profile = q\n[profile q]\nsso_session = k\n[sso-session k]\nsso_start_url = k\nsso_region = r",
            "[profile p]\n\(role)source_profile = q\n[profile q]\nsso_start_url = k\nsso_region = r\nsso_account_id = a\nsso_role_name = b",
            "[profile p]\n\(role)source_profile = q\n[profile q]\n\(role)web_identity_token_file = k",
        ]
        + [
            "", "role_session_name = ab", "external_id = ab", "source_identity = ab", "duration_seconds = 900",
            "duration_seconds = 7200", "mfa_serial = GAHT12345678",
            "mfa_serial = GAHT12345678\nduration_seconds = 7200",
            "policy = {}", "policy = file://{}", "policy_arns = arn:aws:iam::aws:policy/P", "session_tags = a=b",
            "session_tags = a=b,c=d", "session_tags = a=\"b,c=d\"", "session_tags = ab=", "warder_session = off",
            "session_tags = a=b\ntransitive_session_tags = a", "warder_session_duration = 2h",
        ].map { base + $0 }

    @Test func differsWithEveryParameter() throws {
        var seen: [[UInt8]: String] = [:]
        for config in Self.different {
            let identity = try identity(config)
            #expect(seen[identity] == nil, "\(config) is taken for \(seen[identity] ?? "")")
            seen[identity] = config
        }
        #expect(try identity(Self.base) != identity(Self.base, endpoint: "f"))
        #expect(try identity(Self.base, step: 0) != identity(Self.base, step: 1))
    }

    /// None of these shapes the credentials.
    static let equal = [
        "region = x", "output = json", "mfa_process = x",
        "credential_process = warder process p", "s3 =\n  endpoint_url = x",
    ]

    @Test(arguments: equal)
    func isTheSameWhereTheRequestIs(_ setting: String) throws {
        #expect(try identity(Self.base + setting) == identity(Self.base))
    }

    @Test func letsAllRolesOfAKeyShareItsSession() throws {
        let other = "[profile p]\nrole_arn = arn:aws:iam::222222222222:role/S\nsource_profile = k\nregion = x\n"
        #expect(try identity(Self.base, step: 0) == identity(other, step: 0))
        #expect(try identity(Self.base, step: 0) == identity("[profile p]\nwarder_key = k"))
        #expect(try identity(Self.base) != identity(other))
    }

    @Test func followsAPolicyThatIsPutInPlaceOfAFile() throws {
        var chain = try resolve("p", Self.base + "policy = file:///p", keys: ["k"])
        let origin = Origin(path: "/p", line: 1)
        chain.roles[0].policy = .json(Setting(value: "{}", origin: origin))
        #expect(try chain.identity(ofStep: 1, endpoint: "e") == identity(Self.base + "policy = {}"))
    }
}
