import Chains
import Foundation
import Profiles
import Testing

struct ChainVector: Decodable, Sendable, CustomTestStringConvertible {
    struct Input: Decodable, Sendable {
        let profiles: [String: [String: String]]
        let ssoSessions: [String: [String: String]]?
        let selectedProfile: String
        enum CodingKeys: String, CodingKey {
            case profiles
            case ssoSessions = "sso_sessions"
            case selectedProfile = "selected_profile"
        }
    }
    struct Output: Decodable, Sendable {
        let chain: [[String: Step]]?
        let error: String?
        enum CodingKeys: String, CodingKey {
            case chain = "ProfileChain"
            case error = "Error"
        }
    }
    /// The parameters of a step; a step that is but a name has the parameter `name`.
    struct Step: Decodable, Sendable, Equatable {
        let parameters: [String: String]
        init(_ parameters: [String: String?]) { self.parameters = parameters.compactMapValues { $0 } }
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let name = try? container.decode(String.self) {
                parameters = ["name": name]
            } else {
                parameters = try container.decode([String: String].self)
            }
        }
    }

    let docs: String
    let input: Input
    let output: Output
    var testDescription: String { docs }

    static let folder = ProcessInfo.processInfo.environment["WARDER_VECTORS"]
    static let cases: [ChainVector] = {
        guard let folder, let data = FileManager.default.contents(atPath: folder + "/profiles/assume-role-tests.json")
        else { return [] }
        return (try? JSONDecoder().decode([ChainVector].self, from: data)) ?? []
    }()

    var config: String {
        func sections(_ kind: String, _ sections: [String: [String: String]]) -> String {
            sections.map { name, settings in
                "[\(kind) \(name)]\n" + settings.map { "\($0) = \($1)\n" }.joined()
            }.joined()
        }
        return sections("profile", input.profiles) + sections("sso-session", input.ssoSessions ?? [:])
    }
}

@Suite("The SDKs' suite of chains", .enabled(if: ChainVector.folder != nil, "WARDER_VECTORS is not set"))
struct ChainVectorTests {
    @Test func isWhole() { #expect(ChainVector.cases.count == 28) }

    @Test(arguments: ChainVector.cases)
    func resolves(_ vector: ChainVector) throws {
        // Unchecked, since the suite's ARNs are not such as AWS would take.
        let files = try profiles(vector.config)
        do throws(ChainError) {
            let chain = try Chain.unchecked(vector.input.selectedProfile, in: files) { _ in false }
            let expected = vector.output.chain?.map { $0.mapValues(\.parameters) }
            #expect(steps(chain).map { $0.mapValues(\.parameters) } == expected)
            #expect(chain.session == nil)
        } catch {
            let expected = try #require(vector.output.error, "unexpected \(error)")
            #expect(sentence(error).contains(expected))
        }
    }

    private func steps(_ chain: Chain) -> [[String: ChainVector.Step]] {
        let roles = chain.roles.map { role in
            [
                "AssumeRole": ChainVector.Step([
                    "role_arn": role.roleARN.value, "role_session_name": role.sessionName?.value,
                    "external_id": role.externalID?.value,
                ])
            ]
        }
        return [source(chain.source)] + roles
    }

    private func secret(_ key: PlaintextKey) -> String? {
        guard let credentials = key.credentials() else { return nil }
        return credentials.secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func source(_ source: Source) -> [String: ChainVector.Step] {
        switch source {
        case .plaintextKey(let key):
            return [
                "AccessKey": .init([
                    "access_key_id": key.accessKeyID.value, "secret_access_key": secret(key),
                    "account_id": key.accountID?.value,
                ])
            ]
        case .named(let source, _): return ["NamedSource": .init(["name": source.rawValue])]
        case .webIdentity(let identity):
            return [
                "WebIdentityToken": .init([
                    "role_arn": identity.roleARN.value, "web_identity_token_file": identity.tokenFile.value,
                    "role_session_name": identity.sessionName?.value,
                ])
            ]
        case .sso(let sso):
            return [
                "Sso": .init([
                    "sso_session": sso.session?.value, "sso_region": sso.region.value,
                    "sso_start_url": sso.startURL.value, "sso_account_id": sso.accountID?.value,
                    "sso_role_name": sso.roleName?.value,
                ])
            ]
        case .storedKey, .login, .process: return [:]
        }
    }

    /// The suite's own words for each fact.
    private func sentence(_ error: ChainError) -> String {
        switch error {
        case .noSuchProfile: "No profiles were defined"
        case .roleWithoutSource: "profile must contain `source_profile` or `credential_source` but neither were defined"
        case .twoSources: "profile contained both source_profile and credential_source"
        case .halfAKey(_, let missing, _): "profile missing \(missing)"
        case .noCredentials(let profile, _): "profile `\(profile)` did not contain credential information"
        case .sourceMissing(let source, let profile, _):
            "could not find source profile \(source) referenced from \(profile)"
        case .cycle: "profile formed an infinite loop"
        case .webIdentityWithoutRole: "`role_arn` was missing"
        case .ssoIncomplete(_, let missing, _):
            "if `\(missing == "sso_account_id" ? "sso_role_name" : "sso_account_id")` is set, "
                + "then `\(missing)` must also be set"
        case .ssoKeyBesideSession(_, let key, _, _):
            "`\(key)` can only be specified in the [sso-session] config when a session name is given"
        case .ssoSessionMissing(let session, let profile, _):
            "sso-session named `\(session)` (referenced by profile `\(profile)`) was not found"
        default: "\(error)"
        }
    }
}
