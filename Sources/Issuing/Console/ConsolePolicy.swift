import Failures
import Secrets
import Text

/// What a console session may do at most, as the command line says it.
package enum ConsolePolicy {
    /// Whatever the credentials allow.
    case none
    /// Only what AWS's own read-only policy allows.
    case readOnly
    /// A policy in JSON, the path of one, or the ARN of a managed one.
    case given(String)

    var isNone: Bool { if case .none = self { true } else { false } }

    /// The policies to send.
    ///
    /// - Parameter partition: the partition of AWS's own policies.
    func policies(in partition: String) throws(Failure) -> SessionPolicies {
        switch self {
        case .none: return SessionPolicies()
        case .readOnly: return .readOnly(in: partition)
        case .given(let text) where text.begins(with: "arn:"):
            guard isPolicyARN(text) else {
                throw Failure(
                    .usage, "\(text) is not the ARN of a managed policy",
                    hint: "write it as arn:\(partition):iam::aws:policy/ReadOnlyAccess")
            }
            return SessionPolicies(arns: [text])
        case .given(let text):
            guard text.utf8.first(where: { $0 > 32 }) == UInt8(ascii: "{") else {
                return SessionPolicies(json: try Narrowing.text(of: text))
            }
            var bytes = SecretBytes(capacity: text.utf8.count)
            bytes.append(text)
            return SessionPolicies(json: try Narrowing.checked(bytes, as: "the text after --policy"))
        }
    }
}

/// `arn:PARTITION:iam::ACCOUNT:policy/NAME`.
private func isPolicyARN(_ text: String) -> Bool {
    let fields = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        .map { String(Substring($0)) }
    return fields.count == 6 && fields[2] == "iam" && fields[3].isEmpty && !fields[4].isEmpty
        && fields[5].begins(with: "policy/") && text.utf8.count <= 2048 && text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
}
