import COpenSSL
import Secrets

/// HKDF-SHA-256 (RFC 5869): extract with `salt`, expand with `info`.
///
/// Written on top of HMAC, because fetching libcrypto's own HKDF and setting its parameters costs the warm path more
/// than the two to four HMACs that it consists of.
///
/// - Parameter count: how many bytes to derive, 1 to 8160.
public func hkdfSHA256(
    _ input: borrowing SecretBytes, salt: [UInt8], info: [UInt8], count: Int
) throws(CryptoError) -> SecretBytes {
    precondition(count >= 1 && count <= 255 * 32, "RFC 5869 section 2.3 bounds the output")
    // One buffer for all intermediate values: the extracted key, then the message of each block.
    var work = SecretBytes(zeros: 32 + 32 + info.count + 1)
    var output = SecretBytes(capacity: count + 32)
    let size = work.count
    try input.withUnsafeBytes { (input) throws(CryptoError) in
        try salt.withUnsafeBytesTyped { (salt) throws(CryptoError) in
            try work.withUnsafeMutableBytes { (work) throws(CryptoError) in
                try hmac(key: salt, input, into: UnsafeMutableRawBufferPointer(rebasing: work[..<32]))
                UnsafeMutableRawBufferPointer(rebasing: work[64..<size - 1]).copyBytes(from: info)
            }
        }
    }
    var counter: UInt8 = 1
    while output.count < count {
        // T(n) = HMAC(key, T(n-1) | info | n), with T(0) empty.
        try work.withUnsafeMutableBytes { (work) throws(CryptoError) in
            work[size - 1] = counter
            let key = UnsafeRawBufferPointer(rebasing: work[..<32])
            let message = UnsafeRawBufferPointer(rebasing: work[(counter == 1 ? 64 : 32)...])
            try hmac(key: key, message, into: UnsafeMutableRawBufferPointer(rebasing: work[32..<64]))
            output.append(UnsafeRawBufferPointer(rebasing: work[32..<64]))
        }
        counter &+= 1
    }
    output.truncate(to: count)
    return output
}

/// The cost of scrypt (RFC 7914) with r = 8 and p = 1: N = 2^`logN`, 128 · 8 · N bytes of memory.
public struct ScryptCost: Equatable, Sendable {
    /// The base-2 logarithm of N.
    public let logN: UInt8

    /// The cost of new slots: 128 MiB, and about 0.4 to 0.7 s.
    public static let standard = ScryptCost(unchecked: 17)

    /// Nil unless warder accepts the cost: `logN` from 15 (32 MiB) to 20 (1 GiB).
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
    // OpenSSL 3.0 counts a little more than 128·r·N towards its limit, so that exact limit would fail.
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
