import Crypto
import Secrets

/// Proof Key for Code Exchange (RFC 7636) with S256, and the state that ties the browser's answer to its request.
struct PKCE: ~Copyable {
    /// 43 characters made of 32 random bytes. It stays in this process until the code has arrived.
    let verifier: SecretBytes
    /// The text in the URL that commits to the verifier.
    let challenge: SecretBytes
    /// Another 43 characters, made of 32 other random bytes.
    let state: SecretBytes

    init(_ random: RandomSource) throws(SignInError) {
        let verifier = try randomText(random)
        let challenge = try challengeText(verifier)
        let state = try randomText(random)
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

private func challengeText(_ verifier: borrowing SecretBytes) throws(SignInError) -> SecretBytes {
    do throws(CryptoError) {
        let digest = try verifier.withUnsafeBytes { (bytes) throws(CryptoError) in try sha256(bytes) }
        return digest.span.withUnsafeBytes { SecretBytes(base64URL: $0) }
    } catch { throw .crypto(error) }
}
