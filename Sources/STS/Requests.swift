import Secrets

/// A code from an MFA device, and the device.
public struct MFACode: ~Copyable, Sendable {
    /// The device's serial number or ARN.
    public let serialNumber: String
    let code: SecretBytes

    /// - Throws: `.malformedCode` unless it is six digits. AWS would refuse it with a message that repeats it.
    public init(serialNumber: String, code: consuming SecretBytes) throws(STSError) {
        guard code.count == 6, (0..<6).allSatisfy({ (48...57).contains(code[$0]) }) else { throw .malformedCode }
        self.serialNumber = serialNumber
        self.code = code
    }

    borrowing func add(to form: inout Form) {
        form.add("SerialNumber", serialNumber)
        form.add("TokenCode", secret: code)
    }
}

/// A tag of a session.
public struct AssumeRoleTag: Equatable, Sendable {
    /// The key, up to 128 characters.
    public let key: String
    /// The value, up to 256.
    public let value: String

    /// A tag of one key and value.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// The parameters of `AssumeRole` (STS API Reference).
public struct AssumeRoleRequest: Equatable, Sendable {
    /// The role.
    public var roleARN: String
    /// The session's name, 2 to 64 characters.
    public var sessionName: String
    /// 900 to 43,200 seconds, or less if the role's maximum is lower; the service's default if nil.
    public var durationSeconds: Int?
    /// The external ID that a third party has been told to send.
    public var externalID: String?
    /// A JSON policy that narrows the session.
    public var policy: String?
    /// The ARNs of managed policies that narrow it, ten at most.
    public var policyARNs: [String] = []
    /// Its tags, 50 at most.
    public var tags: [AssumeRoleTag] = []
    /// The keys of the tags that sessions assumed from it inherit.
    public var transitiveTagKeys: [String] = []
    /// The person or program behind it, 2 to 64 characters.
    public var sourceIdentity: String?

    /// A request with all other parameters unset.
    public init(roleARN: String, sessionName: String) {
        self.roleARN = roleARN
        self.sessionName = sessionName
    }

    func add(to form: inout Form) {
        form.add("RoleArn", roleARN)
        form.add("RoleSessionName", sessionName)
        if let durationSeconds { form.add("DurationSeconds", durationSeconds) }
        form.add("ExternalId", ifPresent: externalID)
        form.add("Policy", ifPresent: policy)
        for (index, arn) in policyARNs.enumerated() { form.add("PolicyArns.member.\(index + 1).arn", arn) }
        for (index, tag) in tags.enumerated() {
            form.add("Tags.member.\(index + 1).Key", tag.key)
            form.add("Tags.member.\(index + 1).Value", tag.value)
        }
        for (index, key) in transitiveTagKeys.enumerated() { form.add("TransitiveTagKeys.member.\(index + 1)", key) }
        form.add("SourceIdentity", ifPresent: sourceIdentity)
    }
}

/// The parameters of `GetFederationToken` (STS API Reference).
public struct FederationTokenRequest: Equatable, Sendable {
    /// The name of the federated user, 2 to 32 characters of `[\w+=,.@-]`.
    public var name: String
    /// 900 to 129,600 seconds; for a root user at most 3,600.
    public var durationSeconds: Int
    /// A JSON policy. The session may do what both this and the user's own policies allow; without any, nothing.
    public var policy: String?
    /// The ARNs of managed policies, ten at most.
    public var policyARNs: [String] = []

    /// A request without a policy.
    public init(name: String, durationSeconds: Int) {
        self.name = name
        self.durationSeconds = durationSeconds
    }

    func add(to form: inout Form) {
        form.add("Name", name)
        form.add("DurationSeconds", durationSeconds)
        form.add("Policy", ifPresent: policy)
        for (index, arn) in policyARNs.enumerated() { form.add("PolicyArns.member.\(index + 1).arn", arn) }
    }
}

/// The owner of credentials.
public struct CallerIdentity: Equatable, Sendable {
    /// The twelve digits of the account.
    public let account: String
    /// The ARN of the user, or of the role's session.
    public let arn: String
    /// Its unique identifier.
    public let userID: String
}

/// An MFA device of a user.
public struct RegisteredMFADevice: Equatable, Sendable {
    /// The serial number of a hardware device, the ARN of any other.
    public let serialNumber: String
    /// The user that it belongs to.
    public let userName: String
}
