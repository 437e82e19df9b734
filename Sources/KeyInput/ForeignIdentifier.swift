import Secrets

/// What at AWS has an id that is not an access key's, by how the id begins (IAM User Guide, "Understanding unique ID
/// prefixes").
public enum ForeignIdentifier: String, CaseIterable, Sendable {
    /// A service bearer token of STS.
    case bearerToken = "ABIA"
    /// A credential of a context.
    case contextCredential = "ACCA"
    /// A group of users.
    case group = "AGPA"
    /// A user.
    case user = "AIDA"
    /// An instance profile of EC2.
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
    /// Throws unless `range` is the id of a long-term key, be it another vendor's.
    func checkIdentifier(_ range: Range<Int>) throws(KeyInputError) {
        guard isIdentifier(range) else { throw isAWSSecret(range) ? .secretAsIdentifier : .notAnIdentifier }
        if range.count <= 32, let kind = ForeignIdentifier(rawValue: text(range.prefix(4))) {
            throw .foreignIdentifier(kind)
        }
        guard !begins("as", range) else { throw .temporary }
    }
}
