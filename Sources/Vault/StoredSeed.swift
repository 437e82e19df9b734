import Secrets

/// The seed of one-time codes as it is stored with a key.
public struct StoredSeed: ~Copyable, Sendable {
    /// An `otpauth://totp/` address.
    public let text: SecretBytes
    /// The ARN or serial number of the MFA device that it belongs to; nil for any.
    public let device: String?

    /// Puts both together.
    public init(text: consuming SecretBytes, device: String?) {
        self.text = text
        self.device = device
    }

    /// A second one of the same contents.
    public borrowing func copy() -> StoredSeed { StoredSeed(text: text.copy(), device: device) }
}
