import Crypto
import Secrets

/// Proof Key for Code Exchange (RFC 7636) with S256, and the state that ties the browser's answer to its question.
struct PKCE: ~Copyable {
    /// 43 characters made of 32 random bytes. It is never shown before the code is there.
    let verifier: SecretBytes
    /// What stands in the URL in its place.
    let challenge: SecretBytes
    /// 43 characters made of 32 other random bytes.
    let state: SecretBytes

    init(_ random: RandomSource) throws(SSOError) {
        let verifier = try randomText(random)
        let challenge = try challengeText(verifier)
        let state = try randomText(random)
        self.verifier = verifier
        self.challenge = challenge
        self.state = state
    }
}

private func randomText(_ random: RandomSource) throws(SSOError) -> SecretBytes {
    do throws(CryptoError) {
        let bytes = try random.secret(32)
        return bytes.withUnsafeBytes { base64URL($0) }
    } catch { throw .crypto(error) }
}

private func challengeText(_ verifier: borrowing SecretBytes) throws(SSOError) -> SecretBytes {
    do throws(CryptoError) {
        let digest = try verifier.withUnsafeBytes { (bytes) throws(CryptoError) in try sha256(bytes) }
        return digest.span.withUnsafeBytes { base64URL($0) }
    } catch { throw .crypto(error) }
}

/// RFC 4648 section 5, without padding.
private func base64URL(_ bytes: UnsafeRawBufferPointer) -> SecretBytes {
    var text = SecretBytes(capacity: bytes.count * 4 / 3 + 4)
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
        bits = bits << 8 | UInt32(byte)
        count += 8
        while count >= 6 {
            count -= 6
            text.append(base64URLDigit(UInt8(bits >> UInt32(count) & 63)))
        }
    }
    if count > 0 { text.append(base64URLDigit(UInt8(bits << UInt32(6 - count) & 63))) }
    return text
}

private func base64URLDigit(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: "-")
    default: UInt8(ascii: "_")
    }
}
