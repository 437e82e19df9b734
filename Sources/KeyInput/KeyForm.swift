import Secrets

/// Throws unless the two have the form of a long-term key that can be stored: the rule for a key that is given whole.
public func checkForm(identifier: String, secret: borrowing SecretBytes) throws(KeyInputError) {
    var text = SecretBytes(capacity: identifier.utf8.count)
    text.append(identifier)
    try text.checkIdentifier(0..<text.count)
    try secret.checkSecret(0..<secret.count)
}

extension SecretBytes {
    /// Throws unless `range` has the form of a secret access key.
    func checkSecret(_ range: Range<Int>) throws(KeyInputError) {
        guard !isAWSIdentifier(range) else { throw .identifierAsSecret }
        guard isSecret(range) else { throw .notASecret }
    }
}
