import COpenSSL
import Secrets

/// The hash functions for one-time codes (RFC 6238 section 1.2).
public enum OneTimeHash: String, CaseIterable, Sendable {
    /// SHA-1, the only one in RFC 4226; its known weaknesses do not affect HMAC.
    case sha1 = "SHA1"
    /// SHA-256.
    case sha256 = "SHA256"
    /// SHA-512.
    case sha512 = "SHA512"

    /// The size of its digest, in bytes.
    public var size: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }
}

/// HMAC (RFC 2104) of `message` under `key`, with the hash of a one-time code; `hash.size` bytes.
public func oneTimeHMAC(
    _ hash: OneTimeHash, key: borrowing SecretBytes, _ message: [UInt8]
) throws(CryptoError) -> SecretBytes {
    Library.start()
    let digest =
        switch hash {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        }
    var tag = SecretBytes(zeros: hash.size)
    let done = key.withUnsafeBytes { key in
        tag.withUnsafeMutableBytes { tag in
            var length: UInt32 = 0
            let made = HMAC(
                digest, key.baseAddress, Int32(key.count), message, message.count,
                tag.baseAddress?.assumingMemoryBound(to: UInt8.self), &length)
            return made != nil && length == UInt32(hash.size)
        }
    }
    guard done else { throw .refused("HMAC") }
    return tag
}
