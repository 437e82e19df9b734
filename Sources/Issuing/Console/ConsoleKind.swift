import Chains

/// How AWS treats a chain's credentials when they sign in to the console (IAM User Guide, "Enable custom identity
/// broker access to the AWS console").
enum ConsoleKind {
    /// The session of a role that no other role assumed: it may ask for a console session of any length.
    case role
    /// The session of a role that another role assumed: the console session lasts as long as it does.
    case chainedRole
    /// A long-term key, or a session of it by GetSessionToken, which AWS does not accept: it gets a federated user.
    case key
    /// Credentials that another program or service made: AWS says whether it accepts them.
    case unknown

    init(_ chain: Chain) {
        let hasRole = !chain.roles.isEmpty
        switch chain.source {
        case _ where chain.roles.count > 1: self = .chainedRole
        case let source where source.isKey: self = hasRole ? .role : .key
        case .webIdentity, .sso: self = hasRole ? .chainedRole : .role
        case .named(.ec2InstanceMetadata, _) where hasRole, .named(.ecsContainer, _) where hasRole: self = .chainedRole
        default: self = .unknown
        }
    }
}

extension Chain {
    /// The partition of the account whose console is meant: from the ARN of the last role or of the MFA device, which
    /// state it for certain; nil if there is none.
    var namedPartition: String? {
        if let role = roles.last?.roleARN.value ?? webIdentityRole { return secondField(of: role) }
        return partition
    }

    private var webIdentityRole: String? {
        if case .webIdentity(let identity) = source { identity.roleARN.value } else { nil }
    }

    /// The region of the sign-in that the chain begins with.
    var signInRegion: String? {
        if case .sso(let sso) = source { sso.region.value } else { nil }
    }
}

private func secondField(of arn: String) -> String? {
    let fields = arn.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2).map { String(Substring($0)) }
    return fields.count == 3 && fields[0] == "arn" ? fields[1] : nil
}
