import Chains
import Profiles
import Secrets
import Testing

@Suite("A setting that is empty changes no chain")
struct EmptySettingTests {
    static let settings = [
        "aws_session_token", "aws_account_id", "region", "role_session_name", "external_id", "duration_seconds",
        "policy",
        "policy_arns", "session_tags", "transitive_session_tags", "source_identity", "mfa_serial", "mfa_process",
        "credential_source", "web_identity_token_file", "sso_session", "sso_account_id", "sso_role_name", "sso_region",
        "sso_start_url", "credential_process", "endpoint_url", "services", "ignore_configured_endpoint_urls",
        "use_fips_endpoint", "use_dualstack_endpoint", "sts_regional_endpoints", "ca_bundle", "include_profile",
        "key", "session", "session_duration", "policy_file", "confirm", "callers",
    ]

    private static let role = "role_arn = arn:aws:iam::222222222222:role/R\nsource_profile = k\n"
    private static let plain = "aws_access_key_id = AKIA\naws_secret_access_key = s\n"

    @Test(arguments: settings, ["", " # none"])
    func whereverItStands(_ name: String, _ rest: String) throws {
        for name in [name, "warder_" + name] where name != "warder_aws_session_token" && name != "warder_aws_account_id"
        {
            let line = "\(name) =\(rest)\n"
            let config = "[profile p]\n\(Self.role)\(line)[profile k]\n\(Self.plain)\(line)"
            #expect(try resolve("p", config).summary == "plain AKIA > R", "\(name)")
            let stored = "[profile p]\n\(Self.role)\(line)[profile k]\n\(line)"
            #expect(try resolve("p", stored, keys: ["k"]).summary == "key k > session 43200 > R", "\(name)")
            let chain = try resolve("p", stored, keys: ["k"])
            let bare = try resolve("p", "[profile p]\n\(Self.role)[profile k]", keys: ["k"])
            #expect(chain.identity(ofStep: 1, endpoint: "e") == bare.identity(ofStep: 1, endpoint: "e"), "\(name)")
            #expect(!chain.confirmation.isWanted && chain.region == nil)
        }
    }

    /// A key whose token is empty is a long-term one: with its device it becomes a session.
    @Test(arguments: ["aws_session_token =", "aws_session_token = # none"])
    func anEmptyTokenIsNone(_ line: String) throws {
        let keys = "\(Self.plain)\(line)\n"
        let files = [
            ("[profile p]\nmfa_serial = arn:aws:iam::111111111111:mfa/alice\n\(keys)", ""),
            ("[profile p]\nmfa_serial = arn:aws:iam::111111111111:mfa/alice\n", "[p]\n\(keys)"),
        ]
        for (config, credentials) in files {
            let chain = try Chain.resolve("p", in: try profiles(config, credentials: credentials)) { _ in false }
            #expect(chain.summary == "plain AKIA > session 43200+ice")
            guard case .plaintextKey(let key) = chain.source else {
                Issue.record("no key")
                return
            }
            #expect(!key.hasSessionToken)
            #expect(hasToken(key) == false)
        }
    }

    private func hasToken(_ key: PlaintextKey) -> Bool? {
        guard let credentials = key.credentials() else { return nil }
        return switch credentials.sessionToken {
        case .some: true
        case .none: false
        }
    }

    @Test func anEmptyHalfOfAKeyIsMissing() throws {
        let error = ChainError.halfAKey(profile: "p", missing: "aws_secret_access_key", line(2))
        #expect(throws: error) { try resolve("p", "[profile p]\naws_access_key_id = A\naws_secret_access_key =") }
        #expect(throws: ChainError.noCredentials(profile: "p", line(1))) {
            try resolve("p", "[profile p]\naws_access_key_id =\naws_secret_access_key =")
        }
    }
}
