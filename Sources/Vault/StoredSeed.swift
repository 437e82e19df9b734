import Secrets

/// The seed of one-time codes, as stored with a key.
public struct StoredSeed: ~Copyable, Sendable {
    /// An `otpauth://totp/` URI.
    public let text: SecretBytes
    /// The ARN or serial number of the MFA device that it belongs to; nil for any.
    public let device: String?

    /// A seed for one device, or for any.
    public init(text: consuming SecretBytes, device: String?) {
        self.text = text
        self.device = device
    }

    /// A copy of the seed.
    public borrowing func copy() -> StoredSeed { StoredSeed(text: text.copy(), device: device) }
}
