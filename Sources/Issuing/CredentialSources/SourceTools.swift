import Chains
import Failures
import STS
import Setup
import Stores

/// What sources work with.
struct SourceTools {
    let keys: Keys
    let chain: Chain
    let calls: AWSCalls
    /// Where STS is, for a source that is asked there.
    let endpoint: () throws(Failure) -> Endpoint
    /// The name of a session where the profile gives none.
    let sessionName: () -> String
    /// How somebody signs in where that is needed.
    let signIn: SignInMethod

    var context: Context { keys.context }
}
