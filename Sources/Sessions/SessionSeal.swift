import Crypto
import Secrets

/// The file format of a session, v1; `docs/session-cache.md` specifies it.
///
/// Sixteen bytes of magic, a salt of 32, then AES-256-GCM of the fields under a key that is derived from the
/// session-cache key, the salt and the file's name: a file under another name does not open.
enum SessionSeal {
    static let magic: StaticString = "warder-session1\n"
    static let headerSize = 16 + 32

    /// The largest session file that is read, in bytes.
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

    /// The plaintext; nil where the bytes are no session file of this name and key.
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
    /// `withUnsafeBytes` with the error's type kept, which the standard library's loses.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let outcome: Result<R, E> = withUnsafeBytes { (bytes) in Result { () throws(E) in try body(bytes) } }
        return try outcome.get()
    }
}
