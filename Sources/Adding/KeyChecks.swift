import Failures
import Secrets
import Vault

/// What may be stored, and under which name.
enum KeyChecks {
    /// Validates the name of a key.
    static func keyName(_ name: String) throws(Failure) -> KeyName {
        if let keyName = KeyName(name) { return keyName }
        throw Failure(
            .usage, name.isEmpty ? "the name is empty" : "\(name) is not a valid key name",
            hint: "use up to 128 letters, digits and . _ @ + = , : / % -")
    }

    /// Validates the MFA device from the command line.
    static func check(serial: String?) throws(Failure) {
        guard let serial, !isSerial(serial) else { return }
        throw Failure(
            .usage, "\(serial) is not an MFA device", hint: "give an ARN like arn:aws:iam::123456789012:mfa/NAME")
    }

    /// `[\w+=/:,.@-]{9,256}` (STS API Reference, SerialNumber).
    static func isSerial(_ text: String) -> Bool {
        (9...256).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                        || "_+=/:,.@-".unicodeScalars.contains($0))
            }
    }
}

extension AccessKeyRecord {
    /// Whether it is exactly the same key, whatever else is stored with it.
    func isSame(as identifier: String, _ other: borrowing SecretBytes) -> Bool {
        summary.accessKeyID == identifier
            && secret.withUnsafeBytes { old in other.withUnsafeBytes { old.elementsEqual($0) } }
    }
}
