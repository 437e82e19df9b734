import COpenSSL
import Secrets

/// HKDF-SHA-256 (RFC 5869): extract with `salt`, expand with `info`.
///
/// Written over HMAC, because fetching libcrypto's own HKDF and filling its parameters costs the warm path
/// more than the two to four HMACs that it is.
///
/// - Parameter count: bytes wanted, 1 to 8160.
public func hkdfSHA256(
    _ input: borrowing SecretBytes, salt: [UInt8], info: [UInt8], count: Int
) throws(CryptoError) -> SecretBytes {
    precondition(count >= 1 && count <= 255 * 32, "RFC 5869 section 2.3 bounds the output")
    var saltKey = SecretBytes(capacity: salt.count)
    salt.withUnsafeBytes { saltKey.append($0) }
    let pseudorandomKey = try input.withUnsafeBytes { (input) throws(CryptoError) in
        try secretHMACSHA256(key: saltKey, input)
    }
    var output = SecretBytes(capacity: count + 32)
    var message = SecretBytes(capacity: 32 + info.count + 1)
    var counter: UInt8 = 1
    while output.count < count {
        info.withUnsafeBytes { message.append($0) }
        message.append(counter)
        let block = try message.withUnsafeBytes { (message) throws(CryptoError) in
            try secretHMACSHA256(key: pseudorandomKey, message)
        }
        output.append(block)
        message.truncate(to: 0)
        message.append(block)
        counter &+= 1
    }
    output.truncate(to: count)
    return output
}

/// The cost of scrypt (RFC 7914) with r = 8 and p = 1: N = 2^`logN`, 128 · 8 · N bytes of memory.
public struct ScryptCost: Equatable, Sendable {
    /// The base-2 logarithm of N.
    public let logN: UInt8

    /// The cost of new slots: 128 MiB, some 0.4 to 0.7 s.
    public static let standard = ScryptCost(unchecked: 17)

    /// A cost that warder accepts: `logN` from 15 (32 MiB) to 20 (1 GiB), else nil.
    public init?(logN: UInt8) {
        guard (15...20).contains(logN) else { return nil }
        self.logN = logN
    }

    private init(unchecked logN: UInt8) { self.logN = logN }
}

/// scrypt (RFC 7914) of `passphrase`, 32 bytes.
public func scrypt(
    _ passphrase: borrowing SecretBytes, salt: [UInt8], cost: ScryptCost
) throws(CryptoError) -> SecretBytes {
    Library.start()
    var derived = SecretBytes(zeros: 32)
    let n = UInt64(1) << UInt64(cost.logN)
    // OpenSSL 3.0 counts a little more than 128·r·N towards its limit, so exactly that is refused.
    let memoryLimit = 128 * 8 * n + 2 * 1024 * 1024
    let done = passphrase.withUnsafeBytes { passphrase in
        derived.withUnsafeMutableBytes { derived in
            EVP_PBE_scrypt(
                passphrase.baseAddress?.assumingMemoryBound(to: CChar.self), passphrase.count, salt, salt.count, n, 8,
                1, memoryLimit, derived.baseAddress?.assumingMemoryBound(to: UInt8.self), derived.count)
        }
    }
    guard done == 1 else { throw .refused("EVP_PBE_scrypt") }
    return derived
}
