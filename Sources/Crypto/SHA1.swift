import COpenSSL

/// SHA-1 of `bytes` (FIPS 180-4), 20 bytes: for file names that other programs chose that way, never for security.
public func sha1(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) -> [UInt8] {
    Library.start()
    var digest = [UInt8](repeating: 0, count: 20)
    var length: UInt32 = 20
    let done = EVP_Digest(bytes.baseAddress, bytes.count, &digest, &length, EVP_sha1(), nil)
    guard done == 1, length == 20 else { throw .refused("EVP_Digest") }
    return digest
}
