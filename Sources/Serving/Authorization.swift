import Crypto
import Secrets

/// Why a request is refused credentials.
public enum Denial: Int, Sendable {
    /// It is not a well-formed request, or it has a body.
    case malformed = 400
    /// It does not carry the token.
    case unauthorized = 401
    /// It names this host by another name, or comes from another user.
    case forbidden = 403
    /// It asks for another path.
    case unknownPath = 404
    /// Its method is not GET.
    case wrongMethod = 405
    /// It took too long to arrive.
    case late = 408
    /// Its head is too long.
    case tooLarge = 431
}

/// The only path served.
public let servedPath = "/warder/credentials"

/// Checks a request's head, up to and including its empty line.
///
/// Any process on this host can send a request: another user's, or a page in a browser, which reaches 127.0.0.1 by its
/// own domain name (DNS rebinding) but cannot put another name into `Host`. A client without the token learns nothing
/// about what is served here.
///
/// - Parameters:
///   - port: the server's port.
///   - token: the required `Authorization`; compared in constant time.
/// - Returns: nil if the request may have the credentials.
public func denial(of head: borrowing SecretBytes, port: UInt16, token: borrowing SecretBytes) -> Denial? {
    // aws-c-auth omits the port. A page cannot use that: its browser sends the host that the page was loaded from.
    let names = ["127.0.0.1:\(port)", "localhost:\(port)", "127.0.0.1", "localhost"]
    return head.withUnsafeBytes { bytes in
        guard let request = RequestHead(bytes) else { return .malformed }
        guard let host = request.host, names.contains(where: { bytes.equals($0, host, ignoringCase: true) })
        else { return .forbidden }
        guard let given = request.authorization,
            token.withUnsafeBytes({ equalInConstantTime(UnsafeRawBufferPointer(rebasing: bytes[given]), $0) })
        else { return .unauthorized }
        guard bytes.equals(servedPath, request.target) else { return .unknownPath }
        return bytes.equals("GET", request.method) ? nil : .wrongMethod
    }
}
