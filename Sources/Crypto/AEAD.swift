import COpenSSL
import Secrets

/// AES-256-GCM (NIST SP 800-38D) under keys that encrypt one message each.
///
/// The nonce is twelve zero bytes. That is safe for one reason only: every key given to `seal` is derived
/// from a fresh 32-byte salt, and is never used for a second message.
public enum AEAD {
    /// How many bytes sealing adds to a message.
    public static let tagSize = 16

    /// Encrypts `plaintext`; returns the ciphertext followed by its 16-byte tag.
    ///
    /// - Parameters:
    ///   - key: 32 bytes, used for this message only.
    ///   - associated: data that is authenticated but not encrypted.
    public static func seal(
        _ plaintext: borrowing SecretBytes, key: borrowing SecretBytes, associated: UnsafeRawBufferPointer
    ) throws(CryptoError) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: plaintext.count + tagSize)
        let size = plaintext.count
        try sealed.withUnsafeMutableBytesTyped { (sealed) throws(CryptoError) in
            try plaintext.withUnsafeBytes { (plaintext) throws(CryptoError) in
                let context = try CipherContext()
                try context.start(key: key, associated: associated, encrypting: true)
                try context.update(plaintext, into: sealed.baseAddress)
                try context.finish(sealed.baseAddress)
                guard
                    EVP_CIPHER_CTX_ctrl(
                        context.raw, EVP_CTRL_AEAD_GET_TAG, Int32(tagSize), sealed.baseAddress.map { $0 + size })
                        == 1
                else { throw .refused("EVP_CTRL_AEAD_GET_TAG") }
            }
        }
        return sealed
    }

    /// Decrypts what `seal` returned.
    ///
    /// - Throws: `.notAuthentic` for a wrong key, modified bytes, or fewer bytes than a tag has; no plaintext is
    ///   returned then.
    public static func open(
        _ sealed: UnsafeRawBufferPointer, key: borrowing SecretBytes, associated: UnsafeRawBufferPointer
    ) throws(CryptoError) -> SecretBytes {
        guard sealed.count >= tagSize else { throw .notAuthentic }
        let size = sealed.count - tagSize
        var plaintext = SecretBytes(zeros: size)
        try plaintext.withUnsafeMutableBytes { (plaintext) throws(CryptoError) in
            let context = try CipherContext()
            try context.start(key: key, associated: associated, encrypting: false)
            try context.update(UnsafeRawBufferPointer(rebasing: sealed[..<size]), into: plaintext.baseAddress)
            let tag = UnsafeMutableRawPointer(mutating: sealed.baseAddress.map { $0 + size })
            guard EVP_CIPHER_CTX_ctrl(context.raw, EVP_CTRL_AEAD_SET_TAG, Int32(tagSize), tag) == 1 else {
                throw .refused("EVP_CTRL_AEAD_SET_TAG")
            }
            do { try context.finish(plaintext.baseAddress) } catch { throw .notAuthentic }
        }
        return plaintext
    }
}

/// An `EVP_CIPHER_CTX` with its key and its associated data already set.
private struct CipherContext: ~Copyable {
    let raw: OpaquePointer

    init() throws(CryptoError) {
        Library.start()
        guard let raw = EVP_CIPHER_CTX_new() else { throw .refused("EVP_CIPHER_CTX_new") }
        self.raw = raw
    }

    /// Sets the direction, the key and the associated data.
    func start(
        key: borrowing SecretBytes, associated: UnsafeRawBufferPointer, encrypting: Bool
    ) throws(CryptoError) {
        guard key.count == 32 else { throw .refused("AES-256 key size") }
        guard let cipher = EVP_CIPHER_fetch(FewAlgorithms.context, "AES-256-GCM", nil) else {
            throw .refused("EVP_CIPHER_fetch")
        }
        defer { EVP_CIPHER_free(cipher) }
        let nonce = [UInt8](repeating: 0, count: 12)
        let keyed = key.withUnsafeBytes { key in
            EVP_CipherInit_ex2(
                raw, cipher, key.baseAddress?.assumingMemoryBound(to: UInt8.self), nonce, encrypting ? 1 : 0, nil)
        }
        guard keyed == 1 else { throw .refused("EVP_CipherInit_ex2") }
        try update(associated, into: nil)
    }

    deinit { EVP_CIPHER_CTX_free(raw) }

    /// Feeds `input`: associated data if `output` is nil, otherwise the message.
    func update(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer?) throws(CryptoError) {
        guard input.count > 0 else { return }
        guard input.count <= Int(Int32.max) else { throw .refused("message size") }
        var written: Int32 = 0
        let done = EVP_CipherUpdate(
            raw, output?.assumingMemoryBound(to: UInt8.self), &written,
            input.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(input.count))
        guard done == 1, written == Int32(input.count) else { throw .refused("EVP_CipherUpdate") }
    }

    /// Ends the message. GCM writes nothing here, but the function requires a non-null pointer.
    func finish(_ output: UnsafeMutableRawPointer?) throws(CryptoError) {
        var written: Int32 = 0
        let done = EVP_CipherFinal_ex(raw, output?.assumingMemoryBound(to: UInt8.self), &written)
        guard done == 1, written == 0 else { throw .refused("EVP_CipherFinal_ex") }
    }
}
