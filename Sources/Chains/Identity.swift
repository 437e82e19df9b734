extension Chain {
    /// Encodes what shaped the credentials of `step`, which is `sourceStep` or less than `stepCount`: the bytes of two
    /// steps are equal if and only if the same request to the same `endpoint`, with the same credentials, makes both.
    ///
    /// Every field has a tag and a length, so that no two lists of fields encode to the same bytes. The profile's name
    /// is not encoded: equal roles of two profiles share one entry. A policy that is still a path is encoded as the
    /// path, not as the file's content.
    ///
    /// - Parameter detail: distinguishes this source from others with the same settings, such as the id of a key in the
    ///   environment.
    public func identity(ofStep step: Int, endpoint: String, detail: String? = nil) -> [UInt8] {
        var identity = IdentityEncoder()
        identity.add(.endpoint, endpoint)
        identity.add(source)
        identity.add(.sourceDetail, detail)
        var roleCount = step + 1
        if let session, step != Self.sourceStep {
            roleCount -= 1
            identity.add(.session, session.durationSeconds)
            identity.add(.device, session.mfa?.serial.value)
        }
        for role in roles.prefix(roleCount) { identity.add(role) }
        return identity.bytes
    }
}

/// Encodes an identity. The numbers of the tags are part of the names of cached sessions.
private struct IdentityEncoder {
    enum Tag: UInt8 {
        case endpoint = 1
        case storedKey = 2
        case plaintextKey = 3
        case credentialSource = 4
        case webIdentity = 5
        case sso = 6
        case process = 7
        case session = 8
        case role = 9
        case device = 10
        case sessionName = 11
        case externalID = 12
        case duration = 13
        case policy = 14
        case policyFile = 15
        case policyARN = 16
        case tagKey = 17
        case tagValue = 18
        case transitiveTag = 19
        case sourceIdentity = 20
        case tokenFile = 21
        case account = 22
        case roleName = 23
        case region = 24
        case ssoSession = 25
        case sourceDetail = 26
        case login = 27
    }

    var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(512) }

    mutating func add(_ tag: Tag, _ text: String?) {
        guard let text else { return }
        bytes.append(tag.rawValue)
        let count = UInt32(truncatingIfNeeded: text.utf8.count)
        for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
        bytes.append(contentsOf: text.utf8)
    }

    mutating func add(_ tag: Tag, _ number: Int?) {
        guard let number else { return }
        bytes.append(tag.rawValue)
        for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func add(_ source: Source) {
        switch source {
        case .storedKey(let name, _): add(.storedKey, name)
        case .plaintextKey(let key): add(.plaintextKey, key.accessKeyID.value)
        case .named(let source, _): add(.credentialSource, source.rawValue)
        case .process(let command): add(.process, command.value)
        case .login(let login): add(.login, login.session.value)
        case .webIdentity(let identity):
            add(.webIdentity, identity.roleARN.value)
            add(.tokenFile, identity.tokenFile.value)
            add(.sessionName, identity.sessionName?.value)
            add(.duration, identity.duration?.value)
        case .sso(let sso):
            add(.sso, sso.startURL.value)
            add(.region, sso.region.value)
            add(.account, sso.accountID?.value)
            add(.roleName, sso.roleName?.value)
            add(.ssoSession, sso.session?.value)
        }
    }

    mutating func add(_ role: RoleStep) {
        add(.role, role.roleARN.value)
        add(.device, role.mfa?.serial.value)
        add(.sessionName, role.sessionName?.value)
        add(.externalID, role.externalID?.value)
        add(.duration, role.duration?.value)
        switch role.policy {
        case .json(let text): add(.policy, text.value)
        case .file(let path): add(.policyFile, path.value)
        case nil: break
        }
        for arn in role.policyARNs { add(.policyARN, arn.value) }
        for tag in role.sessionTags {
            add(.tagKey, tag.key)
            add(.tagValue, tag.value)
        }
        for key in role.transitiveTagKeys { add(.transitiveTag, key) }
        add(.sourceIdentity, role.sourceIdentity?.value)
    }
}
