import Profiles
import Text

// The limits of STS: AWS STS API Reference, "AssumeRole", "GetSessionToken".

extension Chain {
    /// Throws if STS would refuse the chain, before the user is asked for a code.
    func check(_ environment: (String) -> String?) throws(ChainError) {
        /// Evaluated only for a value that AWS itself would refuse.
        func service() -> RoleService { endpoint.roleService(environment) }
        if case .webIdentity(let identity) = source {
            try checkRole(identity.roleARN, service)
            if let name = identity.sessionName { try checkText(name, "role_session_name", ",.@=+-", 2...64) }
        }
        if case .sso(let sso) = source { try checkRegion(sso.region, "sso_region") }
        if let device = session?.mfa { try checkDevice(device) }
        for role in roles { try role.check(service) }
        if roles.count > 1 { try checkInheritance() }
    }

    /// Throws if a role changes what an earlier role's session passes on: transitive tags and the source identity.
    private func checkInheritance() throws(ChainError) {
        var inherited: [String: String] = [:]
        var identity: (value: String, from: String)?
        for role in roles {
            for tag in role.sessionTags {
                guard let from = inherited[tag.key.lowercased()], let origin = role.sessionTagsOrigin else { continue }
                throw .inheritedTag(tag: tag.key, from: from, origin)
            }
            for key in role.transitiveTagKeys { inherited[key.lowercased()] = role.profile }
            guard let own = role.sourceIdentity else { continue }
            if let identity, identity.value != own.value {
                throw .changedSourceIdentity(from: identity.from, own.origin)
            }
            identity = (own.value, role.profile)
        }
    }
}

extension RoleStep {
    fileprivate func check(_ service: () -> RoleService) throws(ChainError) {
        try checkRole(roleARN, service)
        if let sessionName { try checkText(sessionName, "role_session_name", ",.@=+-", 2...64) }
        if let externalID { try checkText(externalID, "external_id", ",.@=+-:/", 2...1224) }
        if let sourceIdentity { try checkText(sourceIdentity, "source_identity", ",.@=+-", 2...64) }
        if let mfa { try checkDevice(mfa) }
        try checkPolicies()
    }

    /// Policy and ARNs share one limit of 2048 characters; AWS packs them, so a shorter policy may exceed AWS's own
    /// limit.
    private func checkPolicies() throws(ChainError) {
        guard policyARNs.count <= 10 else { throw .badValue(key: "policy_arns", .tooMany(10), roleARN.origin) }
        var length = 0
        for arn in policyARNs {
            guard isARN(arn.value, ofAWS: true, resource: "policy/") else {
                throw .badValue(key: "policy_arns", .notAPolicyARN, arn.origin)
            }
            length += arn.value.unicodeScalars.count
        }
        if length > 2048, let arn = policyARNs.first {
            throw .badValue(key: "policy_arns", .wrongLength(0...2048), arn.origin)
        }
        switch policy {
        case .json(let text):
            length += text.value.unicodeScalars.count
            guard length <= 2048 else { throw .badValue(key: "policy", .wrongLength(1...2048), text.origin) }
            let first = text.value.utf8.first { $0 > 0x20 }
            guard first == UInt8(ascii: "{"), text.value.utf8.last == UInt8(ascii: "}") else {
                throw .badValue(key: "policy", .notJSON, text.origin)
            }
        case .file(let path):
            guard !path.value.isEmpty else { throw .badValue(key: "policy_file", .empty, path.origin) }
        case nil: return
        }
    }

    /// Up to 50 tags, with keys of 1 to 128 characters that AWS has not reserved, and values of up to 256.
    static func checkTags(_ tags: [SessionTag], _ origin: Origin) throws(ChainError) {
        if tags.isEmpty { return }
        guard tags.count <= 50 else { throw .badValue(key: "session_tags", .tooMany(50), origin) }
        var seen: Set<String> = []
        for tag in tags {
            let key = tag.key.lowercased()
            guard (1...128).contains(tag.key.unicodeScalars.count) else {
                throw .badValue(key: "session_tags", .wrongLength(1...128), origin)
            }
            guard tag.value.unicodeScalars.count <= 256 else {
                throw .badValue(key: "session_tags", .wrongLength(0...256), origin)
            }
            guard !key.begins(with: "aws:") else { throw .badValue(key: "session_tags", .reservedTag, origin) }
            guard seen.insert(key).inserted else { throw .badValue(key: "session_tags", .repeatedTag, origin) }
        }
    }
}

/// A hardware device's serial number, or a virtual device's ARN.
private func checkDevice(_ device: MFADevice) throws(ChainError) {
    try checkText(device.serial, "mfa_serial", ",.@=+-:/", 9...256)
}

/// Letters, digits, underscores and `extra`, with a length in `length`.
private func checkText(
    _ setting: Setting, _ key: String, _ extra: StaticString, _ length: ClosedRange<Int>
) throws(ChainError) {
    guard length.contains(setting.value.utf8.count) else {
        throw .badValue(key: key, .wrongLength(length), setting.origin)
    }
    for byte in setting.value.utf8 where !isWord(byte) && !contains(extra, byte) {
        throw .badValue(key: key, .wrongCharacter(allowed: "_\(extra)"), setting.origin)
    }
}

/// Whether it is a single lowercase label of a host name (RFC 1123 section 2.1) that is not all digits. Any other would
/// fail later, when an endpoint is made of it, without naming the line.
package func isRegionName(_ text: String) -> Bool {
    let name = text.utf8
    let hyphen = UInt8(ascii: "-")
    return (1...63).contains(name.count) && name.first != hyphen && name.last != hyphen
        && name.allSatisfy({ isDigit($0) || $0 == hyphen || $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") })
        && !name.allSatisfy({ isDigit($0) })
}

func checkRegion(_ setting: Setting, _ key: String) throws(ChainError) {
    guard isRegionName(setting.value) else { throw .badValue(key: key, .notARegion, setting.origin) }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

private func isWord(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return isDigit(byte) || letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
}

private func contains(_ characters: StaticString, _ byte: UInt8) -> Bool {
    for index in 0..<characters.utf8CodeUnitCount where characters.utf8Start[index] == byte { return true }
    return false
}
