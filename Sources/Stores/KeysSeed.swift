import Failures
import Secrets
import Text
import Vault

extension Keys {
    /// What the one-time codes of `device` are made from, as it is stored with the key: an `otpauth://totp/` address;
    /// nil where the key has none, or it belongs to another device. The store is opened for it.
    ///
    /// - Parameter device: the MFA device's ARN or serial number.
    package func totpSeed(_ name: String, device: String) throws(Failure) -> SecretBytes? {
        guard let keyName = KeyName(name) else { throw Failure.noSuchKey(name) }
        let record = try storedRecord(keyName)
        switch record.totp {
        case .some(let totp) where totp.device == nil || totp.device?.isSame(as: device) == true:
            return totp.text.copy()
        default: return nil
        }
    }

    /// Stores a seed of one-time codes with a key that is stored, in place of the one that it has; nil takes that away.
    package func setTOTPSeed(_ seed: consuming StoredSeed?, of name: KeyName) throws(Failure) {
        let box = SeedBox(seed)
        try changeKey(name) { $0.totp = box.seed?.copy() }
    }
}

/// A seed that a closure may hold on to.
private final class SeedBox {
    let seed: StoredSeed?

    init(_ seed: consuming StoredSeed?) { self.seed = seed }
}
