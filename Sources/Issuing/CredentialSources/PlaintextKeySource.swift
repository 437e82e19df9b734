import Chains
import Failures
import Secrets

/// A key in a plain-text file.
struct PlaintextKeySource: ChainSource {
    let tools: SourceTools
    let key: PlaintextKey

    var kind: String { "static_key" }
    var parameters: [ChainParameter] { [ChainParameter("aws_access_key_id", key.accessKeyID)].compactMap { $0 } }

    func title(isStoredToo: Bool) -> String {
        "key in plain text, in the profile \(key.profile.name) "
            + (isStoredToo
                ? "(it takes precedence over the stored one until it is removed)"
                : "(warder can keep it safe: warder add)")
    }

    var owner: String? { key.profile.name }
    var plaintextKey: PlaintextKey? { key }

    func credentials() throws(Failure) -> Credentials {
        guard let credentials = key.credentials() else {
            throw Failure(.badConfig, "\(tools.chain.profile) has half a key", hint: "add aws_secret_access_key")
        }
        return credentials
    }
}
