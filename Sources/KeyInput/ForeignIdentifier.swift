import Secrets

/// AWS identifiers that are not an access key's, by their prefix (IAM User Guide, "Understanding unique ID prefixes").
public enum ForeignIdentifier: String, CaseIterable, Sendable {
    /// An STS service bearer token.
    case bearerToken = "ABIA"
    /// A context-specific credential.
    case contextCredential = "ACCA"
    /// A user group.
    case group = "AGPA"
    /// A user.
    case user = "AIDA"
    /// An EC2 instance profile.
    case instanceProfile = "AIPA"
    /// A managed policy.
    case policy = "ANPA"
    /// A version of a managed policy.
    case policyVersion = "ANVA"
    /// A public key.
    case publicKey = "APKA"
    /// A role.
    case role = "AROA"
    /// A certificate.
    case certificate = "ASCA"
}

extension SecretBytes {
    /// Throws unless `range` is the id of a long-term key, AWS's or another vendor's.
    func checkIdentifier(_ range: Range<Int>) throws(KeyInputError) {
        guard isIdentifier(range) else { throw isAWSSecret(range) ? .secretAsIdentifier : .notAnIdentifier }
        if range.count <= 32, let kind = ForeignIdentifier(rawValue: text(range.prefix(4))) {
            throw .foreignIdentifier(kind)
        }
        guard !begins("as", range) else { throw .temporary }
    }
}
