import Secrets

/// A private key on the curve P-256 (FIPS 186-5, SEC 2 `secp256r1`), which signs with ECDSA.
///
/// It consists of the private scalar alone, in memory that is wiped. libcrypto's key is made for each operation, and
/// libcrypto wipes its copies of the scalar when it goes.
public struct P256Key: ~Copyable, Sendable {
    /// The size of a scalar and of a coordinate, in bytes.
    static let size = 32
    /// The most random numbers to try: one in four billion is not a scalar.
    private static let tries = 64

    /// A number from 1 to the curve's order minus 1, big-endian.
    private let scalar: SecretBytes

    /// Makes a new key (FIPS 186-5 appendix A.2.2: by rejection).
    public static func generate(_ random: RandomSource = .system) throws(CryptoError) -> P256Key {
        for _ in 0..<tries {
            let candidate = try random.secret(size)
            if isScalar(candidate) { return P256Key(checked: candidate) }
        }
        throw .refused("P-256 key")
    }

    /// A key with this private scalar: 32 bytes, big-endian.
    ///
    /// - Throws: `.malformedKey`.
    package init(scalar: consuming SecretBytes) throws(CryptoError) {
        guard isScalar(scalar) else { throw .malformedKey }
        self.scalar = scalar
    }

    private init(checked scalar: consuming SecretBytes) { self.scalar = scalar }

    /// A copy of the private scalar: 32 bytes, big-endian.
    package borrowing func scalarCopy() -> SecretBytes { scalar.copy() }

    /// A copy of the key.
    public borrowing func copy() -> P256Key { P256Key(checked: scalar.copy()) }

    /// The coordinates of the public point: 32 bytes each, big-endian.
    public var publicPoint: (x: [UInt8], y: [UInt8]) {
        get throws(CryptoError) {
            let point = try multipliedGenerator(scalar)
            return (Array(point[0..<Self.size]), Array(point[Self.size...]))
        }
    }

    /// Signs a message with ECDSA and SHA-256: r and s, 32 bytes each, big-endian (RFC 7518 section 3.4, `ES256`).
    public borrowing func signature(of message: borrowing SecretBytes) throws(CryptoError) -> [UInt8] {
        let key = try LibraryKey(scalar: scalar)
        return try rawSignature(key.signature(of: message))
    }
}

/// The order of the curve, big-endian (SEC 2 section 2.4.2).
private let order: [UInt8] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
]

/// Whether it is a number from 1 to the order minus 1, in a time that does not depend on it.
private func isScalar(_ bytes: borrowing SecretBytes) -> Bool {
    guard bytes.count == order.count else { return false }
    var (borrow, all): (Int, UInt8) = (0, 0)
    for index in order.indices.reversed() {
        borrow = (Int(bytes[index]) - Int(order[index]) - borrow) >> 8 & 1
        all |= bytes[index]
    }
    return borrow == 1 && all != 0
}
