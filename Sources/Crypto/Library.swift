import COpenSSL

/// What can go wrong in libcrypto.
public enum CryptoError: Error, Equatable, Sendable {
    /// libcrypto refused an operation that has no reason to fail on good parameters; its own name for it.
    case refused(String)
    /// The authentication tag does not fit: wrong key, or changed bytes.
    case notAuthentic
}

enum Library {
    /// Starts libcrypto without its configuration file and tables that warder never uses.
    ///
    /// The file could load foreign code into the process, and reading it costs three million instructions,
    /// more than everything else `warder process` does. `OPENSSL_init_crypto` is idempotent and cheap after
    /// the first call.
    static func start() {
        let settings =
            OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS
            | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ATEXIT
        OPENSSL_init_crypto(UInt64(settings), nil)
    }
}
