import Crypto
import Secrets

/// Why a request gets no credentials.
public enum Denial: Int, Sendable {
    /// It is no request, or one with a body.
    case malformed = 400
    /// It does not carry the token.
    case unauthorized = 401
    /// It came by another name of this host, or from another user.
    case forbidden = 403
    /// It asks for something else.
    case unknownPath = 404
    /// It is no GET.
    case wrongMethod = 405
    /// It took too long to come.
    case late = 408
    /// Its head is too long.
    case tooLarge = 431
}

/// The one path that there is.
public let servedPath = "/warder/credentials"

/// Judges a request's head, up to and including its empty line.
///
/// Whoever can connect to this host can send one: another user, a page in a browser, which reaches 127.0.0.1 by a name of
/// its own (DNS rebinding) but cannot say so in `Host`. Who lacks the token learns nothing of what is here.
///
/// - Parameters:
///   - port: where it came in.
///   - token: what `Authorization` must be; compared in constant time.
/// - Returns: nil where the credentials are due.
public func denial(of head: borrowing SecretBytes, port: UInt16, token: borrowing SecretBytes) -> Denial? {
    // aws-c-auth leaves the port out. A page cannot: it names the host that it was loaded from.
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
