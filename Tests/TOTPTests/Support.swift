import TOTP
import Secrets

func secret(_ text: String) -> SecretBytes { secret(Array(text.utf8)) }

func secret(_ bytes: [UInt8]) -> SecretBytes {
    bytes.span.withUnsafeBytes { SecretBytes(copying: $0) }
}

func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

/// What reading `text` as a seed throws; nil where it is one.
func refusal(_ text: String) -> TOTPError? { refusal(Array(text.utf8)) }

func refusal(_ bytes: [UInt8]) -> TOTPError? {
    do throws(TOTPError) { _ = try Seed(reading: secret(bytes)) } catch { return error }
    return nil
}

/// The canonical form of what `text` is read as.
func canonical(_ text: String) throws -> String {
    let seed = try Seed(reading: secret(text))
    return TOTPTests.text(seed.text())
}
