import COpenSSL
import Glibc

/// HMAC-SHA-256 of `message` under `key`, written into `tag`, which has 32 bytes.
func hmac(
    key: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer, into tag: UnsafeMutableRawBufferPointer
) throws(CryptoError) {
    guard FewAlgorithms.context != nil else { return try libraryHMAC(key: key, message, into: tag) }
    try composedHMAC(key: key, message, into: tag)
}

/// HMAC (RFC 2104 section 2) composed of four parts hashed with SHA-256.
///
/// libcrypto's own HMAC looks for its hash function in the default context, where the first fetch of one builds all
/// others.
package func composedHMAC(
    key: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer, into tag: UnsafeMutableRawBufferPointer
) throws(CryptoError) {
    let block = 64
    let context = try SHA256Context()
    try withUnsafeTemporaryAllocation(byteCount: block, alignment: 8) { (pad) throws(CryptoError) in
        defer { pad.baseAddress.map { explicit_bzero($0, block) } }
        pad.initializeMemory(as: UInt8.self, repeating: 0)
        if key.count > block {
            try context.start()
            try context.update(key)
            try context.finish(into: UnsafeMutableRawBufferPointer(rebasing: pad[..<32]))
        } else {
            pad.copyMemory(from: key)
        }
        for index in pad.indices { pad[index] ^= 0x36 }
        try context.start()
        try context.update(UnsafeRawBufferPointer(pad))
        try context.update(message)
        // The inner digest, for a moment.
        try context.finish(into: tag)
        for index in pad.indices { pad[index] ^= 0x36 ^ 0x5C }
        try context.start()
        try context.update(UnsafeRawBufferPointer(pad))
        try context.update(UnsafeRawBufferPointer(tag))
        try context.finish(into: tag)
    }
}

/// libcrypto's own HMAC, from whichever module its default context chooses.
package func libraryHMAC(
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
