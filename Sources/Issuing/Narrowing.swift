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
        switch self {
        case .none: return chain
        case .readOnly: return try chain.narrowed(to: .readOnly(in: chain.partition ?? "aws"))
        case .policy(let path):
            // So that a profile which cannot be narrowed says so before a file that cannot be read.
            try chain.checkNarrowing()
            return try chain.narrowed(to: SessionPolicies(json: Self.text(of: path)))
        }
    }

    /// The policy in a file.
    static func text(of path: String) throws(Failure) -> String {
        let bytes: SecretBytes
        do throws(FileError) { bytes = try readFile(path, limit: 64 * 1024) } catch {
            throw Failure(error, "the policy")
        }
        return try checked(bytes, as: path)
    }

    /// A policy without the white space at its end.
    ///
    /// - Parameter what: what holds it.
    static func checked(_ bytes: borrowing SecretBytes, as what: String) throws(Failure) -> String {
        let text = bytes.text(0..<bytes.count)
        let isObject = (try? JSONObject(bytes)) != nil
        guard isObject, text.unicodeScalars.count <= 2048 else {
            throw Failure(
                .badConfig, "\(what) is not a session policy", hint: "it is a JSON object of 2048 characters at most")
        }
        var policy = text[...]
        while let last = policy.last, last.isWhitespace { policy.removeLast() }
        return String(policy)
    }
}

/// The policies of one session. They add up: a second one allows more, not less.
struct SessionPolicies {
    var json: String?
    var arns: [String] = []

    /// AWS's own read-only policy.
    static func readOnly(in partition: String) -> SessionPolicies {
        SessionPolicies(arns: ["arn:\(partition):iam::aws:policy/ReadOnlyAccess"])
    }
}

extension Chain {
    /// Fails if the last role cannot be narrowed.
    fileprivate func checkNarrowing() throws(Failure) {
        guard let last = roles.last else {
            throw Failure(
                .usage, "\(profile) assumes no role, and only a role can be narrowed",
                hint: "use a profile with a role_arn")
        }
        guard last.policy == nil, last.policyARNs.isEmpty else {
            throw Failure(
                .usage, "\(profile) has a session policy already, and a second one would allow more",
                hint: "use a profile without policy and policy_arns")
        }
    }

    /// The same chain with its last role narrowed to the policies.
    func narrowed(to policies: SessionPolicies) throws(Failure) -> Chain {
        try checkNarrowing()
        var chain = self
        let (last, origin) = (roles.count - 1, Origin(path: "the command line", line: 0))
        if let json = policies.json { chain.roles[last].policy = .json(Setting(value: json, origin: origin)) }
        chain.roles[last].policyARNs = policies.arns.map { Setting(value: $0, origin: origin) }
        return chain
    }
}
