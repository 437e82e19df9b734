import Secrets
import STS
import Text

/// Whose key signs a request, for what is said where AWS refuses it.
package struct RequestSigner {
    /// The key, as far as there is one that people know.
    let accessKeyID: String
    /// It is a session's, which has a token.
    let isSession: Bool
    /// The name that it is stored under; nil where it is not.
    let name: String?
    let endpoint: Endpoint?

    /// Nothing is known of it.
    package static let unknown = RequestSigner(accessKeyID: "", isSession: false, name: nil, endpoint: nil)

    private init(accessKeyID: String, isSession: Bool, name: String?, endpoint: Endpoint?) {
        (self.accessKeyID, self.isSession) = (accessKeyID, isSession)
        (self.name, self.endpoint) = (name, endpoint)
    }

    package init(_ credentials: borrowing Credentials, name: String?, _ endpoint: Endpoint) {
        let isSession =
            switch credentials.sessionToken {
            case .some: true
            case .none: false
            }
        self.init(accessKeyID: credentials.accessKeyID, isSession: isSession, name: name, endpoint: endpoint)
    }

    /// What to do where AWS does not take the key.
    ///
    /// - Parameter code: the error's code.
    package func hint(refused code: String) -> String {
        let key = accessKeyID.isEmpty ? "the key id" : accessKeyID
        if isSession { return "drop the cached session of \(key): warder forget" }
        let replace = name.map { "warder add --replace \(shellWord($0))" }
        switch code {
        case "SignatureDoesNotMatch", "InvalidSignatureException":
            return "the secret does not belong to \(key): " + (replace ?? "give both again, as they were made")
        default:
            return "check in the console that \(key) is active, and a key of \(world)"
                + (replace.map { "; \($0) stores another" } ?? "")
        }
    }

    /// Keys of one partition are unknown in all others.
    private var world: String {
        guard let endpoint else { return "this partition" }
        if endpoint.isCustom { return endpoint.url.host }
        let partition = (try? Partition(region: endpoint.signingRegion))?.name ?? "aws"
        let others = ["aws", "aws-cn", "aws-us-gov"].filter { $0 != partition }.joined(separator: " or ")
        return
            "\(partition), which was asked by region \(endpoint.signingRegion): one of \(others) needs a region of theirs"
    }
}
