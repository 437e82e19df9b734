import COpenSSL

/// An `EVP_MD_CTX` that hashes with SHA-256. libcrypto wipes its state when it goes.
struct SHA256Context: ~Copyable {
    private let raw: OpaquePointer

    /// `EVP_MD *`. It is never freed, as the context that it comes from is not.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(FewAlgorithms.context, "SHA2-256", nil)

    /// A context that `start` must be called on first.
    init() throws(CryptoError) {
        Library.start()
        guard let raw = EVP_MD_CTX_new() else { throw .refused("EVP_MD_CTX_new") }
        self.raw = raw
    }

    deinit { EVP_MD_CTX_free(raw) }

    /// Starts a message.
    func start() throws(CryptoError) {
        guard let algorithm = Self.algorithm else { throw .refused("EVP_MD_fetch") }
        guard EVP_DigestInit_ex2(raw, algorithm, nil) == 1 else { throw .refused("EVP_DigestInit_ex2") }
    }

    /// Adds `bytes` to the message.
    func update(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) {
        guard EVP_DigestUpdate(raw, bytes.baseAddress, bytes.count) == 1 else { throw .refused("EVP_DigestUpdate") }
    }

    /// Ends the message and writes its digest into `digest`, which has 32 bytes.
    func finish(into digest: UnsafeMutableRawBufferPointer) throws(CryptoError) {
        guard digest.count == 32 else { throw .refused("SHA-256 digest size") }
        let done = EVP_DigestFinal_ex(raw, digest.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
        guard done == 1 else { throw .refused("EVP_DigestFinal_ex") }
    }
}
