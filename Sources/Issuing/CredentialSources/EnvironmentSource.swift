import Failures
import Profiles
import Secrets
import Setup

/// The credentials of the environment: `credential_source = Environment`.
struct EnvironmentSource: ChainSource {
    let tools: SourceTools
    let origin: Origin

    private var context: Context { tools.context }

    var kind: String { "environment" }
    var parameters: [ChainParameter] {
        [ChainParameter(key: "credential_source", value: "Environment", origin: origin)]
    }
    func title(isStoredToo: Bool) -> String { "credentials of the environment" }
    var detail: String? { context.environment.nonEmpty("AWS_ACCESS_KEY_ID") }
    var environmentOrigin: Origin? { origin }
    var readsEnvironment: Bool { true }

    func credentials() throws(Failure) -> Credentials {
        guard let identifier = context.environment.nonEmpty("AWS_ACCESS_KEY_ID"),
            let secret = context.environment.secret("AWS_SECRET_ACCESS_KEY")
        else {
            throw Failure.noEnvironment(origin)
        }
        return Credentials(
            accessKeyID: identifier, secret: secret, sessionToken: context.environment.secret("AWS_SESSION_TOKEN"),
            expiration: nil, accountID: context.environment.nonEmpty("AWS_ACCOUNT_ID"))
    }

    func obstacle() throws(Failure) -> Failure? {
        let isThere = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].allSatisfy {
            context.environment.nonEmpty($0) != nil
        }
        return isThere ? nil : Failure.noEnvironment(origin)
    }
}
