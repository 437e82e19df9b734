import Crypto
import Secrets

/// Proof Key for Code Exchange (RFC 7636) with S256, and the state that ties the browser's answer to its request.
struct PKCE: ~Copyable {
    /// 43 characters made of 32 random bytes. It stays in this process until the code has arrived.
    let verifier: SecretBytes
    /// The text in the URL that commits to the verifier.
    let challenge: SecretBytes
    /// Another random text, which cannot be guessed.
    let state: SecretBytes

    /// - Parameter makeState: makes the state, of 43 characters where the service does not want another form.
    init(
        _ random: RandomSource, state makeState: (RandomSource) throws(SignInError) -> SecretBytes = randomText
    ) throws(SignInError) {
        let verifier = try randomText(random)
        let challenge = try challengeText(verifier)
        let state = try makeState(random)
        self.verifier = verifier
        self.challenge = challenge
        self.state = state
    }
}

/// 43 characters made of 32 random bytes.
func randomText(_ random: RandomSource) throws(SignInError) -> SecretBytes {
    do throws(CryptoError) {
        let bytes = try random.secret(32)
        return bytes.withUnsafeBytes { SecretBytes(base64URL: $0) }
    } catch { throw .crypto(error) }
}

/// A random UUID (RFC 9562 section 5.4).
func randomUUID(_ random: RandomSource) throws(SignInError) -> SecretBytes {
    do throws(CryptoError) {
        var bytes = try random.secret(16)
        bytes.withUnsafeMutableBytes { bytes in
            bytes[6] = bytes[6] & 0x0F | 0x40
            bytes[8] = bytes[8] & 0x3F | 0x80
        }
        let digits = bytes.inHexadecimal
        var text = SecretBytes(capacity: 36)
        for index in 0..<digits.count {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digits[index])
        }
        return text
    } catch { throw .crypto(error) }
}

private func challengeText(_ verifier: borrowing SecretBytes) throws(SignInError) -> SecretBytes {
    do throws(CryptoError) {
        let digest = try verifier.withUnsafeBytes { (bytes) throws(CryptoError) in try sha256(bytes) }
        return digest.span.withUnsafeBytes { SecretBytes(base64URL: $0) }
    } catch { throw .crypto(error) }
}
