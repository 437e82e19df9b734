import Chains
import Linux
import Setup

extension Subject {
    /// The chain of a profile, as commands resolve it. While it is unknown which keys are stored, each may be.
    func chain(_ name: String, webIdentityTokenFile: String? = nil) throws(ChainError) -> Chain {
        let known = storedKeys
        return try chain(name, webIdentityTokenFile: webIdentityTokenFile) { known?.contains($0) ?? true }
    }

    /// The same with the keys that the caller knows of.
    func chain(
        _ name: String, webIdentityTokenFile: String? = nil, isStoredKey: (String) -> Bool
    ) throws(ChainError) -> Chain {
        guard let profiles = try? profiles.get() else { throw .noSuchProfile(name) }
        let environment = context.environment
        return try Chain.resolve(
            name, in: profiles,
            webIdentityTokenFile: webIdentityTokenFile ?? environment.nonEmpty("AWS_WEB_IDENTITY_TOKEN_FILE"),
            environment: { environment[$0] }, isStoredKey: isStoredKey)
    }
}
