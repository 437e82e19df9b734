import COpenSSL
import Secrets

/// SHA-256 of `bytes` (FIPS 180-4), 32 bytes.
public func sha256(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) -> [UInt8] {
    Library.start()
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 32
    let done = EVP_Digest(bytes.baseAddress, bytes.count, &digest, &length, EVP_sha256(), nil)
    guard done == 1, length == 32 else { throw .refused("EVP_Digest") }
    return digest
}

/// HMAC-SHA-256 (RFC 2104) of `message` under `key`, 32 bytes, for a result that is not secret: a tag, a name.
public func hmacSHA256(
    key: borrowing SecretBytes, _ message: UnsafeRawBufferPointer
) throws(CryptoError) -> [UInt8] {
    var tag = [UInt8](repeating: 0, count: 32)
    try key.withUnsafeBytes { (key) throws(CryptoError) in
        try tag.withUnsafeMutableBytesTyped { (tag) throws(CryptoError) in
            try hmac(key: key, message, into: tag)
        }
    }
    return tag
}

/// HMAC-SHA-256 (RFC 2104) of `message` under `key`, 32 bytes, for a secret result: a derived key.
public func secretHMACSHA256(
    key: borrowing SecretBytes, _ message: UnsafeRawBufferPointer
) throws(CryptoError) -> SecretBytes {
    var derived = SecretBytes(zeros: 32)
    try key.withUnsafeBytes { (key) throws(CryptoError) in
        try derived.withUnsafeMutableBytes { (derived) throws(CryptoError) in
            try hmac(key: key, message, into: derived)
        }
    }
    return derived
}

func hmac(
    key: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer, into tag: UnsafeMutableRawBufferPointer
) throws(CryptoError) {
    Library.start()
    var length: UInt32 = 0
    let done = HMAC(
        EVP_sha256(), key.baseAddress, Int32(key.count),
        message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count,
        tag.baseAddress?.assumingMemoryBound(to: UInt8.self), &length)
    guard done != nil, length == 32, tag.count == 32 else { throw .refused("HMAC") }
}

/// Whether two byte strings are equal, in a time that depends only on their lengths.
public func equalInConstantTime(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0
}

extension Array where Element == UInt8 {
    /// `withUnsafeBytes` with typed throws, which the standard library's lacks.
    func withUnsafeBytesTyped<E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
        let outcome: Result<Void, E> = withUnsafeBytes { (bytes) in Result { () throws(E) in try body(bytes) } }
        try outcome.get()
    }

    /// `withUnsafeMutableBytes` with typed throws, which the standard library's lacks.
    mutating func withUnsafeMutableBytesTyped<E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        let outcome: Result<Void, E> = withUnsafeMutableBytes { (bytes) in
            Result { () throws(E) in try body(bytes) }
        }
        try outcome.get()
    }
}
