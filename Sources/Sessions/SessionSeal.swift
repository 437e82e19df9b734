import Crypto
import Secrets

/// Version 1 of the session file format; `docs/session-cache.md` specifies it.
///
/// Sixteen bytes of magic, a 32-byte salt, then the fields, encrypted with AES-256-GCM under a key derived from the
/// session-cache key, the salt and the file's name: a renamed file does not decrypt.
enum SessionSeal {
    static let magic: StaticString = "warder-session1\n"
    static let headerSize = 16 + 32

    /// The largest session file to read, in bytes.
    static let largest = 64 * 1024

    static func seal(
        _ text: borrowing SecretBytes, name: String, cacheKey: borrowing SecretBytes, random: RandomSource
    ) throws(CryptoError) -> [UInt8] {
        let salt = try random.bytes(32)
        var file = UnsafeBufferPointer(start: magic.utf8Start, count: magic.utf8CodeUnitCount) + salt
        let header = file
        let key = try hkdfSHA256(cacheKey, salt: salt, info: information(name), count: 32)
        try header.withBytes { (header) throws(CryptoError) in
            file += try AEAD.seal(text, key: key, associated: header)
        }
        return file
    }

    /// The plaintext; nil if the bytes are not a session file of this name and key.
    static func open(
        _ file: borrowing SecretBytes, name: String, cacheKey: borrowing SecretBytes
    ) throws(CryptoError) -> SecretBytes? {
        try file.withUnsafeBytes { (file) throws(CryptoError) in
            guard file.count >= headerSize + AEAD.tagSize,
                file.prefix(16).elementsEqual(UnsafeBufferPointer(start: magic.utf8Start, count: 16))
            else { return nil }
            let header = UnsafeRawBufferPointer(rebasing: file[..<headerSize])
            let key = try hkdfSHA256(cacheKey, salt: Array(header[16...]), info: information(name), count: 32)
            do throws(CryptoError) {
                let sealed = UnsafeRawBufferPointer(rebasing: file[headerSize...])
                return try AEAD.open(sealed, key: key, associated: header)
            } catch {
                if error == .notAuthentic { return nil }
                throw error
            }
        }
    }

    private static func information(_ name: String) -> [UInt8] { Array("warder session v1 ".utf8) + Array(name.utf8) }
}

extension Array where Element == UInt8 {
    /// `withUnsafeBytes` with typed throws, which the standard library's lacks.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let outcome: Result<R, E> = withUnsafeBytes { (bytes) in Result { () throws(E) in try body(bytes) } }
        return try outcome.get()
    }
}
