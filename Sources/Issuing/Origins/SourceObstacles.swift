import Chains
import Failures
import Glibc
import Linux
import Metadata
import Profiles
import Secrets
import Stores
import Text
import Transport
import Vault

// What can be seen of a source before it is asked: that a variable, a file, a key or a sign-in is not there. No secret is
// read for it, and nobody is asked but the Secret Service for what it lists.

extension SourceCredentials {
    /// Why `credentials` would fail now, for a process that nobody is asked by; nil where nothing speaks against it.
    func obstacle() throws(Failure) -> Failure? {
        switch chain.source {
        case .storedKey(let name, _): return try keys.obstacle(toKey: name)
        case .named(.environment, let origin):
            let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
            return names.allSatisfy(isSet) ? nil : Failure.noEnvironment(origin)
        case .named(.ec2InstanceMetadata, let origin): return try instanceObstacle(origin)
        case .named(.ecsContainer, let origin): return containerObstacle(origin)
        case .webIdentity(let identity): return tokenObstacle(identity.tokenFile)
        case .sso(let sso): return try signingIn.obstacle(sso, profile: chain.profile)
        case .plaintextKey, .process: return nil
        }
    }

    private func isSet(_ variable: String) -> Bool { context.environment.nonEmpty(variable) != nil }

    private func instanceObstacle(_ origin: Origin) throws(Failure) -> Failure? {
        let settings = try instanceSettings()
        do throws(MetadataError) {
            _ = try InstanceMetadata(
                settings, environment: { context.environment[$0] }, sender: Unsent(), time: Unsent.time)
            return nil
        } catch { return Failure(error, origin, what: "the instance's role") }
    }

    private func containerObstacle(_ origin: Origin) -> Failure? {
        /// Stands for a token that is there.
        func token() -> SecretBytes {
            var token = SecretBytes(capacity: 1)
            token.append(UInt8(ascii: "t"))
            return token
        }
        do throws(MetadataError) {
            _ = try ContainerCredentials(
                environment: { context.environment[$0] }, secret: { isSet($0) ? token() : nil },
                file: { sight(of: $0) == .readable ? token() : nil }, sender: Unsent(), time: Unsent.time)
            return nil
        } catch { return Failure(error, origin, what: "the container's role") }
    }

    private func tokenObstacle(_ setting: Setting) -> Failure? {
        let path = context.expanded(setting.value)
        switch sight(of: path) {
        case .readable: return nil
        case .empty: return Failure.emptyToken(setting.origin, path)
        case .unreadable: return Failure.unreadableToken(setting.origin, path)
        }
    }

    private enum Sight { case readable, empty, unreadable }

    /// What can be seen of a token's file without opening it.
    private func sight(of path: String) -> Sight {
        var status = stat()
        guard stat(path, &status) == 0, faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 else { return .unreadable }
        switch status.st_mode & S_IFMT {
        case S_IFREG where status.st_size == 0: return .empty
        case S_IFREG: return status.st_size <= Self.tokenLimit ? .readable : .unreadable
        case S_IFDIR: return .unreadable
        default: return .readable
        }
    }
}

extension Keys {
    /// Why the stored key could not be had; nil where it is there, or that cannot be seen.
    fileprivate func obstacle(toKey name: String) throws(Failure) -> Failure? {
        guard let store = try store() else { return Failure.noStore }
        guard let keyName = KeyName(name) else { return Failure.noSuchKey(name) }
        guard let service = store as? SecretServiceStore else {
            guard let index = try index(), !index.contains(where: { $0.name.isSame(as: name) }) else { return nil }
            return Failure.noSuchKey(name)
        }
        do throws(Failure) {
            return try service.desktop.has(DesktopSecrets.accessKeys, ["name": keyName.text])
                ? nil : Failure.noSuchKey(name)
        } catch { return error }
    }
}

/// Sends nothing: settings are looked at, and no request is made.
private struct Unsent: HTTPSender {
    static let time = TimeLeft(deadline: 0, uptime: { 0 }, sleep: { _ in })

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse { throw .libraryMissing }
}
