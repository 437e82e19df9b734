import Secrets
import STS
import Text

/// The key that signs a request, for messages about AWS refusing it.
package struct RequestSigner {
    /// The key's id, as far as there is one that people know.
    let accessKeyID: String
    /// The key belongs to a session, which has a token.
    let isSession: Bool
    /// The name that the key is stored under; nil if it is not stored.
    let name: String?
    let endpoint: Endpoint?

    /// Nothing is known about the key.
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

    /// What to do if AWS does not accept the key.
    ///
    /// - Parameter code: the error code.
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

    /// A key of one partition is unknown in all others.
    private var world: String {
        guard let endpoint else { return "this partition" }
        if endpoint.isCustom { return endpoint.url.host }
        let partition = (try? Partition(region: endpoint.signingRegion))?.name ?? "aws"
        let others = ["aws", "aws-cn", "aws-us-gov"].filter { $0 != partition }.joined(separator: " or ")
        return
            "\(partition), which was asked by region \(endpoint.signingRegion): one of \(others) needs a region of theirs"
    }
}
