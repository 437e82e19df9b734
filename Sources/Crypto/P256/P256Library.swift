import COpenSSL
import Secrets

/// libcrypto's `EVP_PKEY` of a private scalar.
struct LibraryKey: ~Copyable {
    /// What it consists of; libcrypto needs no public point to sign.
    private static let parts = OSSL_KEYMGMT_SELECT_PRIVATE_KEY | OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS

    private let raw: OpaquePointer

    /// - Parameter scalar: 32 bytes, big-endian.
    init(scalar: borrowing SecretBytes) throws(CryptoError) {
        Library.start()
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else {
            throw .refused("EVP_PKEY_CTX_new_from_name")
        }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_fromdata_init(context) == 1 else { throw .refused("EVP_PKEY_fromdata_init") }
        // A parameter is a number in this machine's order of bytes.
        var number = SecretBytes(capacity: scalar.count)
        let isLittleEndian = 1.littleEndian == 1
        for index in 0..<scalar.count { number.append(scalar[isLittleEndian ? scalar.count - 1 - index : index]) }
        var key: OpaquePointer?
        let done = number.withUnsafeMutableBytes { number in
            var parameters = [
                OSSL_PARAM_construct_utf8_string(cString("group"), UnsafeMutablePointer(mutating: cString("P-256")), 0),
                OSSL_PARAM_construct_BN(
                    cString("priv"), number.baseAddress?.assumingMemoryBound(to: UInt8.self), number.count),
                OSSL_PARAM_construct_end(),
            ]
            return EVP_PKEY_fromdata(context, &key, Self.parts, &parameters)
        }
        guard done == 1, let key else { throw .refused("EVP_PKEY_fromdata") }
        raw = key
    }

    deinit { EVP_PKEY_free(raw) }

    /// Signs a message with ECDSA and SHA-256, in DER (RFC 3279 section 2.2.3).
    borrowing func signature(of message: borrowing SecretBytes) throws(CryptoError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .refused("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit_ex(context, nil, "SHA2-256", nil, nil, raw, nil) == 1 else {
            throw .refused("EVP_DigestSignInit_ex")
        }
        var signature = [UInt8](repeating: 0, count: 80)
        var length = signature.count
        let done = message.withUnsafeBytes {
            EVP_DigestSign(
                context, &signature, &length, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        guard done == 1 else { throw .refused("EVP_DigestSign") }
        return Array(signature[..<length])
    }
}

/// r and s of an ECDSA signature in DER: 32 bytes each, big-endian.
package func rawSignature(_ der: [UInt8]) throws(CryptoError) -> [UInt8] {
    let signature = der.withUnsafeBufferPointer { bytes in
        var start = bytes.baseAddress
        return d2i_ECDSA_SIG(nil, &start, bytes.count)
    }
    guard let signature else { throw .refused("d2i_ECDSA_SIG") }
    defer { ECDSA_SIG_free(signature) }
    var raw = [UInt8](repeating: 0, count: 2 * P256Key.size)
    let size = Int32(P256Key.size)
    let written = raw.withUnsafeMutableBufferPointer { raw in
        BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw.baseAddress, size) == size
            && BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw.baseAddress.map { $0 + P256Key.size }, size) == size
    }
    guard written else { throw .refused("BN_bn2binpad") }
    return raw
}

/// The public point of a private scalar: x and y, 32 bytes each, big-endian.
func multipliedGenerator(_ scalar: borrowing SecretBytes) throws(CryptoError) -> [UInt8] {
    Library.start()
    guard let group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1) else { throw .refused("EC_GROUP") }
    defer { EC_GROUP_free(group) }
    guard let point = EC_POINT_new(group) else { throw .refused("EC_POINT_new") }
    defer { EC_POINT_free(point) }
    let number = scalar.withUnsafeBytes {
        BN_bin2bn($0.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32($0.count), nil)
    }
    guard let number else { throw .refused("BN_bin2bn") }
    defer { BN_clear_free(number) }
    BN_set_flags(number, BN_FLG_CONSTTIME)
    // libcrypto wipes the temporary numbers of a context that it makes itself.
    guard EC_POINT_mul(group, point, number, nil, nil, nil) == 1 else { throw .refused("EC_POINT_mul") }
    var octets = [UInt8](repeating: 0, count: 1 + 2 * P256Key.size)
    let written = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, &octets, octets.count, nil)
    guard written == octets.count else { throw .refused("EC_POINT_point2oct") }
    return Array(octets.dropFirst())
}

/// A literal as C has it: it ends with a NUL, and stays.
private func cString(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
