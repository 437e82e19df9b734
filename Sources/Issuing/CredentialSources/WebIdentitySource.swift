import Chains
import Failures
import Linux
import Profiles
import STS
import Secrets
import Setup

/// A web identity: `web_identity_token_file` and `role_arn`.
struct WebIdentitySource: ChainSource {
    let tools: SourceTools
    let identity: WebIdentity

    private var context: Context { tools.context }

    var kind: String { "web_identity" }

    var parameters: [ChainParameter] {
        let shaping = [
            ChainParameter("role_arn", identity.roleARN),
            ChainParameter("web_identity_token_file", identity.tokenFile),
            ChainParameter("role_session_name", identity.sessionName),
            ChainParameter("duration_seconds", identity.duration),
        ]
        return (shaping + identity.unsent.map { ChainParameter("ignored_" + $0.key, $0.setting) }).compactMap { $0 }
    }

    func title(isStoredToo: Bool) -> String { "web identity" }
    var role: String? { identity.roleARN.value }
    var isKept: Bool { true }
    var asksSTS: Bool { true }
    var file: String? { identity.tokenFile.value }

    func credentials() throws(Failure) -> Credentials {
        let token = try webIdentityToken(identity.tokenFile)
        var request = AssumeRoleRequest(
            roleARN: identity.roleARN.value, sessionName: identity.sessionName?.value ?? tools.sessionName())
        request.durationSeconds = identity.duration?.value
        let endpoint = try tools.endpoint()
        do throws(STSError) {
            return try tools.calls.sts(endpoint) { (client) throws(STSError) in
                try client.assumeRoleWithWebIdentity(request, token: token)
            }
        } catch { throw Failure(error, doing: "assume \(identity.roleARN.value) with a web identity") }
    }

    private func webIdentityToken(_ setting: Setting) throws(Failure) -> SecretBytes {
        let path = context.expanded(setting.value)
        let token: SecretBytes
        do throws(FileError) { token = try context.read(path, limit: TokenFileState.limit) } catch {
            throw Failure.unreadableToken(setting.origin, path)
        }
        guard !token.isEmpty else { throw Failure.emptyToken(setting.origin, path) }
        return token
    }

    func obstacle() throws(Failure) -> Failure? {
        let setting = identity.tokenFile
        let path = context.expanded(setting.value)
        switch TokenFileState(of: path) {
        case .readable: return nil
        case .empty: return Failure.emptyToken(setting.origin, path)
        case .unreadable: return Failure.unreadableToken(setting.origin, path)
        }
    }
}
