import Signing

/// Why there is no presigned URL.
package enum PresigningError: Error, Equatable, Sendable {
    /// The text does not begin with `s3://`.
    case notAnObject(String)
    /// No bucket follows `s3://`.
    case noBucket
    /// No key follows the bucket.
    case noKey(bucket: String)
    /// An access point's ARN, or the alias of a multi-region access point, in place of a bucket.
    case accessPoint
    /// A directory bucket, which takes sessions of its own (`CreateSession`).
    case directoryBucket(String)
    /// No bucket can have this name.
    case badBucket(String)
    /// The name would be valid without its capital letters.
    case capitals(bucket: String)
    /// A key has at most 1024 bytes.
    case longKey(bytes: Int)
    /// The option does not go with the method.
    case unfit(option: String, method: String)
    /// The value is empty, or has a character that a header or a query cannot carry.
    case badValue(option: String)
    /// The session has expired, or will have before anyone can use the URL.
    case expiring(secondsLeft: Int64)
    /// The request could not be signed.
    case signing(SigningError)
}
