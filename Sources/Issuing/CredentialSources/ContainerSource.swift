import Failures
import Linux
import Metadata
import Profiles
import Secrets
import Setup

/// The role of a container: `credential_source = EcsContainer`.
struct ContainerSource: ChainSource {
    let tools: SourceTools
    let origin: Origin

    private var context: Context { tools.context }

    var kind: String { "container" }
    var parameters: [ChainParameter] {
        [ChainParameter(key: "credential_source", value: "EcsContainer", origin: origin)]
    }
    func title(isStoredToo: Bool) -> String { "the container's role" }
    var detail: String? {
        context.environment.nonEmpty("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
            ?? context.environment.nonEmpty("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    }
    var environmentOrigin: Origin? { origin }
    var readsEnvironment: Bool { true }

    func credentials() throws(Failure) -> Credentials {
        let credentials: Credentials
        do throws(MetadataError) {
            credentials = try tools.calls.metadata { (sender, time) throws(MetadataError) in
                try ContainerCredentials(
                    environment: { context.environment[$0] }, secret: { context.environment.secret($0) },
                    file: { try? context.read($0, limit: 20_000) }, sender: sender, time: time
                ).credentials()
            }
        } catch { throw Failure(error, origin, what: "the container's role") }
        guard (credentials.expiration ?? .max) > tools.calls.time else {
            throw Failure(
                .refused, "\(origin.place): the container's agent gives credentials that have ended",
                hint: "see why it does not renew them")
        }
        return credentials
    }

    func obstacle() throws(Failure) -> Failure? {
        /// A placeholder for the token.
        func token() -> SecretBytes {
            var token = SecretBytes(capacity: 1)
            token.append(UInt8(ascii: "t"))
            return token
        }
        do throws(MetadataError) {
            _ = try ContainerCredentials(
                environment: { context.environment[$0] },
                secret: { context.environment.nonEmpty($0) != nil ? token() : nil },
                file: { TokenFileState(of: $0) == .readable ? token() : nil }, sender: OfflineSender(),
                time: OfflineSender.time)
            return nil
        } catch { return Failure(error, origin, what: "the container's role") }
    }
}
