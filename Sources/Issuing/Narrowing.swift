import Chains
import Failures
import JSON
import Linux
import Profiles
import Secrets

/// What the command line takes away from the last role: a session policy, which AWS applies in addition to the role's
/// own.
package enum Narrowing {
    case none
    /// Only what AWS's own read-only policy allows.
    case readOnly
    /// Only what the policy in this file allows.
    case policy(path: String)

    /// The same chain with its last role narrowed.
    func applied(to chain: Chain) throws(Failure) -> Chain {
        if case .none = self { return chain }
        var chain = chain
        guard let last = chain.roles.indices.last else {
            throw Failure(
                .usage, "\(chain.profile) assumes no role, and only a role can be narrowed",
                hint: "use a profile with a role_arn")
        }
        // Several policies of one session add up: a second one would allow more, not less.
        guard chain.roles[last].policy == nil, chain.roles[last].policyARNs.isEmpty else {
            throw Failure(
                .usage, "\(chain.profile) has a session policy already, and a second one would allow more",
                hint: "use a profile without policy and policy_arns")
        }
        let origin = Origin(path: "the command line", line: 0)
        switch self {
        case .none: break
        case .readOnly:
            let partition = chain.partition ?? "aws"
            chain.roles[last].policyARNs = [
                Setting(value: "arn:\(partition):iam::aws:policy/ReadOnlyAccess", origin: origin)
            ]
        case .policy(let path):
            chain.roles[last].policy = .json(Setting(value: try Self.text(of: path), origin: origin))
        }
        return chain
    }

    private static func text(of path: String) throws(Failure) -> String {
        let bytes: SecretBytes
        do throws(FileError) { bytes = try readFile(path, limit: 64 * 1024) } catch {
            throw Failure(error, "the policy")
        }
        let text = bytes.text(0..<bytes.count)
        let isObject = (try? JSONObject(bytes)) != nil
        guard isObject, text.unicodeScalars.count <= 2048 else {
            throw Failure(
                .badConfig, "\(path) is not a session policy", hint: "it is a JSON object of 2048 characters at most")
        }
        var policy = text[...]
        while let last = policy.last, last.isWhitespace { policy.removeLast() }
        return String(policy)
    }
}
