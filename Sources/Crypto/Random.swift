import COpenSSL
import Secrets

/// A source of random bytes: the system's, or a fixed one for a test vector.
public struct RandomSource: Sendable {
    private let fill: @Sendable (UnsafeMutableRawBufferPointer) -> Bool

    /// A source that fills the given buffer and returns whether that succeeded.
    public init(fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Bool) { self.fill = fill }

    /// libcrypto's generator for private values (`RAND_priv_bytes`).
    public static let system = RandomSource { buffer in
        Library.start()
        return RAND_priv_bytes(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(buffer.count)) == 1
    }

    /// `count` random bytes that need not be secret: a salt, an identifier.
    public func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard bytes.withUnsafeMutableBytes(fill) else { throw .refused("RAND_priv_bytes") }
        return bytes
    }

    /// `count` random bytes that are secret: a key.
    public func secret(_ count: Int) throws(CryptoError) -> SecretBytes {
        var bytes = SecretBytes(zeros: count)
        guard bytes.withUnsafeMutableBytes(fill) else { throw .refused("RAND_priv_bytes") }
        return bytes
    }
}
