import Chains
import Failures
import STS
import Sessions
import Setup
import Stores

/// What sources need.
struct SourceTools {
    let keys: Keys
    let chain: Chain
    let calls: AWSCalls
    /// The STS endpoint, for a source that calls STS.
    let endpoint: () throws(Failure) -> Endpoint
    /// The session name to use if the profile sets none.
    let sessionName: () -> String
    /// How long the source's credentials must remain valid.
    let freshness: Freshness
    /// How the user signs in if necessary.
    let signIn: SignInMethod

    var context: Context { keys.context }
}
