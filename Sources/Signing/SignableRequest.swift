import Crypto
import Secrets
import Text

/// Why a request could not be signed.
public enum SigningError: Error, Equatable, Sendable {
    /// libcrypto failed; its own message.
    case crypto(CryptoError)
    /// A presigned URL is valid for 1 to 604,800 seconds (AWS General Reference, `X-Amz-Expires`).
    case expiresOutOfRange(Int)
}

/// A name and its value: a header, or a parameter of a query. Neither is secret.
public struct NamedValue: Equatable, Sendable {
    /// The name as written; a header's name is matched case-insensitively.
    public let name: String
    /// The value, unencoded.
    public let value: String

    /// A pair of name and value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The hash of a request's body, the last part of the canonical request.
public struct Payload: Equatable, Sendable {
    /// 64 hexadecimal digits, or the text that S3 accepts instead.
    let hash: String

    /// No body.
    public static let empty = Payload(
        hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

    /// The body of S3's presigned URLs is not signed.
    public static let unsigned = Payload(hash: "UNSIGNED-PAYLOAD")

    private init(hash: String) { self.hash = hash }

    /// The hash of `body`.
    public init(of body: borrowing SecretBytes) throws(SigningError) {
        hash = try body.hexSHA256()
    }
}

/// A request to be signed, without its body.
public struct SignableRequest: Equatable, Sendable {
    /// `GET`, `POST`, …
    public var method: String
    /// The path from its first slash, before the canonical request percent-encodes it. Services other than S3 encode
    /// twice, so for them it is the path as written in the URL. With a signer that does not encode it, it is that too.
    public var path: String
    /// The parameters after the question mark, unencoded.
    public var query: [NamedValue]
    /// The headers to sign, including `Host`; all of them must be sent exactly as they are here.
    public var headers: [NamedValue]
    /// The hash of the body.
    public var payload: Payload

    /// A request made of its parts.
    public init(
        method: String, path: String = "/", query: [NamedValue] = [], headers: [NamedValue], payload: Payload = .empty
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.payload = payload
    }
}

extension SecretBytes {
    /// SHA-256 as 64 lowercase hexadecimal digits.
    borrowing func hexSHA256() throws(SigningError) -> String {
        try withUnsafeBytes { (bytes) throws(SigningError) in
            do throws(CryptoError) { return hexadecimal(try sha256(bytes)) } catch { throw .crypto(error) }
        }
    }
}
