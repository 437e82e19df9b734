import COpenSSL
import Secrets

/// SHA-256 of `bytes` (FIPS 180-4), 32 bytes.
public func sha256(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    try digest.withUnsafeMutableBytesTyped { (digest) throws(CryptoError) in
        let context = try SHA256Context()
        try context.start()
        try context.update(bytes)
        try context.finish(into: digest)
    }
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
