import COpenSSL
import Glibc
import Secrets

/// A source of random bytes: the system's, or a fixed one for a test vector.
public struct RandomSource: Sendable {
    private let fill: @Sendable (UnsafeMutableRawBufferPointer) -> Bool

    /// A source that fills the given buffer and returns whether that succeeded.
    public init(fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Bool) { self.fill = fill }

    /// The kernel's generator, getentropy(3); libcrypto's (`RAND_priv_bytes`) if libcrypto restricts itself to FIPS
    /// algorithms. libcrypto's is seeded by the kernel's too, and its start costs a fifth of a request.
    public static let system = RandomSource { buffer in
        FewAlgorithms.context == nil ? fillFromLibrary(buffer) : fillFromKernel(buffer)
    }

    /// `count` random bytes that need not be secret: a salt, an identifier.
    public func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard bytes.withUnsafeMutableBytes(fill) else { throw .refused("random bytes") }
        return bytes
    }

    /// `count` random bytes that are secret: a key.
    public func secret(_ count: Int) throws(CryptoError) -> SecretBytes {
        var bytes = SecretBytes(zeros: count)
        guard bytes.withUnsafeMutableBytes(fill) else { throw .refused("random bytes") }
        return bytes
    }
}

/// Fills the buffer by libcrypto.
package func fillFromLibrary(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    Library.start()
    return RAND_priv_bytes(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(buffer.count)) == 1
}

/// Fills the buffer by the kernel, which gives at most 256 bytes at once.
package func fillFromKernel(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    stride(from: 0, to: buffer.count, by: 256).allSatisfy { start in
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<min(start + 256, buffer.count)])
        return getentropy(part.baseAddress, part.count) == 0
    }
}
