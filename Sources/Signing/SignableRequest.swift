import Crypto
import Secrets

/// What can go wrong while a request is signed.
public enum SigningError: Error, Equatable, Sendable {
    /// libcrypto refused; its own words.
    case crypto(CryptoError)
    /// A presigned URL may live from 1 to 604,800 seconds (AWS General Reference, `X-Amz-Expires`).
    case expiresOutOfRange(Int)
}

/// A name and its value: a header, or a parameter of a query. Neither is a secret.
public struct NamedValue: Equatable, Sendable {
    /// The name as written; a header's is matched without regard to case.
    public let name: String
    /// The value, unencoded.
    public let value: String

    /// Puts a name and a value together.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The hash of a request's body, as the canonical request ends with it.
public struct Payload: Equatable, Sendable {
    /// 64 hexadecimal digits, or what S3 takes in their place.
    let hash: String

    /// No body.
    public static let empty = Payload(
        hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

    /// S3's presigned URLs leave the body open.
    public static let unsigned = Payload(hash: "UNSIGNED-PAYLOAD")

    private init(hash: String) { self.hash = hash }

    /// The hash of `body`.
    public init(of body: borrowing SecretBytes) throws(SigningError) {
        hash = try body.hexSHA256()
    }
}

/// A request before it is signed, less its body.
public struct SignableRequest: Equatable, Sendable {
    /// `GET`, `POST`, …
    public var method: String
    /// The path, from its first slash, before the percent-encoding that the canonical request gives it. Services other
    /// than S3 encode twice, so there it is the path as it stands in the URL.
    public var path: String
    /// The parameters behind the question mark, unencoded.
    public var query: [NamedValue]
    /// The headers to sign, `Host` among them, all of which must be sent as they are here.
    public var headers: [NamedValue]
    /// The hash of the body.
    public var payload: Payload

    /// Puts a request together.
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
    /// SHA-256 as 64 lower-case hexadecimal digits.
    borrowing func hexSHA256() throws(SigningError) -> String {
        try withUnsafeBytes { (bytes) throws(SigningError) in
            do throws(CryptoError) { return hexadecimal(try sha256(bytes)) } catch { throw .crypto(error) }
        }
    }
}

/// Lower-case hexadecimal digits.
func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
