import Secrets

/// Text as a secret.
package func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}

/// A secret as text.
package func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

/// A secret that may not be there, as text.
package func text(ifPresent secret: borrowing SecretBytes?) -> String? {
    switch secret {
    case .some(let secret): text(secret)
    case .none: nil
    }
}
