import Chains
import Failures
import Linux
import Metadata
import Profiles
import STS
import Secrets
import Setup
import Stores
import Transport

/// What a chain begins with, where that is not a stored key: asked for anew each time.
struct SourceCredentials {
    let context: Context
    let keys: Keys
    let chain: Chain
    let calls: Calls
    /// Where STS is, for a web identity.
    let endpoint: () throws(Failure) -> Endpoint
    /// The name of a web identity's session where the profile gives none.
    let sessionName: String
    /// How somebody signs in where that is needed.
    let signIn: SignInWay

    func credentials() throws(Failure) -> Credentials {
        switch chain.source {
        case .storedKey(let name, _): return try keys.storedKey(name)
        case .plaintextKey(let key):
            guard let credentials = key.credentials() else {
                throw Failure(.badConfig, "\(chain.profile) has half a key", hint: "add aws_secret_access_key")
            }
            return credentials
        case .named(.environment, let origin): return try environment(origin)
        case .named(.ec2InstanceMetadata, let origin): return try instance(origin)
        case .named(.ecsContainer, let origin): return try container(origin)
        case .webIdentity(let identity): return try assumeRole(with: identity)
        case .sso(let sso):
            return try signingIn.credentials(sso, profile: chain.profile)
        case .process(let command): return try ProcessSource(context: context, command: command).credentials()
        }
    }

    var signingIn: SingleSignOn { SingleSignOn(context: context, keys: keys, calls: calls, way: signIn) }

    // MARK: - The environment

    private func environment(_ origin: Origin) throws(Failure) -> Credentials {
        guard let identifier = context.environment.nonEmpty("AWS_ACCESS_KEY_ID"),
            let secret = context.environment.secret("AWS_SECRET_ACCESS_KEY")
        else {
            throw Failure.noEnvironment(origin)
        }
        return Credentials(
            accessKeyID: identifier, secret: secret, sessionToken: context.environment.secret("AWS_SESSION_TOKEN"),
            expiration: nil, accountID: context.environment.nonEmpty("AWS_ACCOUNT_ID"))
    }

    // MARK: - The machine and the container

    private func instance(_ origin: Origin) throws(Failure) -> Credentials {
        let settings = try instanceSettings()
        do throws(MetadataError) {
            return try calls.metadata { (sender, time) throws(MetadataError) in
                try InstanceMetadata(
                    settings, environment: { context.environment[$0] }, sender: sender, time: time
                ).credentials()
            }
        } catch { throw Failure(error, origin, what: "the instance's role") }
    }

    func instanceSettings() throws(Failure) -> InstanceSettings {
        var settings = InstanceSettings()
        // Read anew: a config of 10,000 profiles is not to be held for this.
        guard let profile = try ProfileLoading(context).profiles().profile(chain.profile) else { return settings }
        do throws(ProfileError) {
            settings.endpoint = try profile.setting("ec2_metadata_service_endpoint")?.value
            settings.endpointMode = try profile.setting("ec2_metadata_service_endpoint_mode")?.value
            settings.v1Disabled = try profile.setting("ec2_metadata_v1_disabled")?.value
            settings.timeout = try profile.setting("metadata_service_timeout")?.value
            settings.attempts = try profile.setting("metadata_service_num_attempts")?.value
        } catch { throw Failure(error) }
        return settings
    }

    private func container(_ origin: Origin) throws(Failure) -> Credentials {
        let credentials: Credentials
        do throws(MetadataError) {
            credentials = try calls.metadata { (sender, time) throws(MetadataError) in
                try ContainerCredentials(
                    environment: { context.environment[$0] }, secret: { context.environment.secret($0) },
                    file: { try? readFile($0, limit: 20_000) }, sender: sender, time: time
                ).credentials()
            }
        } catch { throw Failure(error, origin, what: "the container's role") }
        guard (credentials.expiration ?? .max) > calls.time else {
            throw Failure(
                .refused, "\(origin.place): the container's agent gives credentials that have ended",
                hint: "see why it does not renew them")
        }
        return credentials
    }

    // MARK: - A web identity

    private func assumeRole(with identity: WebIdentity) throws(Failure) -> Credentials {
        let token = try webIdentityToken(identity.tokenFile)
        var request = AssumeRoleRequest(
            roleARN: identity.roleARN.value, sessionName: identity.sessionName?.value ?? sessionName)
        request.durationSeconds = identity.duration?.value
        let endpoint = try endpoint()
        do throws(STSError) {
            return try calls.sts(endpoint) { (client) throws(STSError) in
                try client.assumeRoleWithWebIdentity(request, token: token)
            }
        } catch { throw Failure(error, doing: "assume \(identity.roleARN.value) with a web identity") }
    }

    /// Bytes of a token at most.
    static let tokenLimit = 20_000

    private func webIdentityToken(_ setting: Setting) throws(Failure) -> SecretBytes {
        let path = context.expanded(setting.value)
        let token: SecretBytes
        do throws(FileError) { token = try readFile(path, limit: Self.tokenLimit) } catch {
            throw Failure.unreadableToken(setting.origin, path)
        }
        guard !token.isEmpty else { throw Failure.emptyToken(setting.origin, path) }
        return token
    }
}
