import COpenSSL

/// Why libcrypto failed.
public enum CryptoError: Error, Equatable, Sendable {
    /// libcrypto failed an operation that should succeed with valid parameters; libcrypto's name for it.
    case refused(String)
    /// The authentication tag does not match: wrong key, or modified bytes.
    case notAuthentic
    /// Not a P-256 private key that warder can read: another kind of key, an encrypted one, or damaged.
    case malformedKey
}

enum Library {
    /// Starts libcrypto without its configuration file and without tables that warder never uses.
    ///
    /// The file could load foreign code into the process, and reading it costs three million instructions, more than
    /// everything else `warder process` does. `OPENSSL_init_crypto` is idempotent, and cheap after the first call.
    static func start() {
        let settings =
            OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS
            | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ATEXIT
        OPENSSL_init_crypto(UInt64(settings), nil)
    }
}

/// Registers the digests of certificate signatures, which `Library.start` omits.
///
/// libcurl's TLS runs on the same libcrypto, and looks a certificate's digest up by number in the table that
/// `OPENSSL_INIT_NO_ADD_ALL_DIGESTS` leaves empty for good: without this call it could verify no certificate. Filling
/// the whole table would cost the warm path most of a million instructions.
public func registerCertificateDigests() {
    Library.start()
    let digests = [
        EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512(), EVP_sha3_256(), EVP_sha3_384(),
        EVP_sha3_512(),
    ]
    for digest in digests { EVP_add_digest(digest) }
}
