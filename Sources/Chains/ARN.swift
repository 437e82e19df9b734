import Profiles

/// Who is asked for a role, and so says what a role is called.
enum RoleService {
    /// AWS.
    case aws
    /// What `AWS_ENDPOINT_URL` names: all services of one's own at once, which go by names like AWS's.
    case likeAWS
    /// What somebody named as an endpoint of STS, or of the profile: what it takes is its own matter.
    case own
}

extension EndpointSettings {
    /// Who is asked, by the rules of `docs/sts.md`.
    func roleService(_ environment: (String) -> String?) -> RoleService {
        func variable(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        let ignores = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").map { $0.lowercased() == "true" } ?? ignoresURLs
        if ignores { return .aws }
        if variable("AWS_ENDPOINT_URL_STS") != nil { return .own }
        if variable("AWS_ENDPOINT_URL") != nil { return .likeAWS }
        return stsURL != nil || url != nil ? .own : .aws
    }
}

/// Finds a role's name that whoever is asked for it would refuse.
func checkRole(_ role: Setting, _ service: () -> RoleService) throws(ChainError) {
    if isARN(role.value, ofAWS: true, resource: "role/") { return }
    let isTaken =
        switch service() {
        case .aws: false
        case .likeAWS: isARN(role.value, ofAWS: false, resource: "role/")
        case .own: isText(role.value)
        }
    guard isTaken else { throw .badValue(key: "role_arn", .notARoleARN, role.origin) }
}

/// Whether it is `arn:PARTITION:iam::ACCOUNT:RESOURCE…`, the account being twelve digits, or `aws` for a policy of AWS's
/// own; elsewhere than at AWS it may be absent, or a name.
func isARN(_ text: String, ofAWS: Bool, resource: String) -> Bool {
    var rest = text.utf8[...]
    let isARN =
        rest.dropField { $0.elementsEqual("arn".utf8) }
        && rest.dropField { ofAWS ? $0.starts(with: "aws".utf8) : !$0.isEmpty }
        && rest.dropField { $0.elementsEqual("iam".utf8) } && rest.dropField { $0.isEmpty }
        && rest.dropField {
            $0.count == 12 && $0.allSatisfy(isDigit) || resource == "policy/" && $0.elementsEqual("aws".utf8)
                || !ofAWS && ($0.isEmpty || !$0.allSatisfy(isDigit))
        }
    return isARN && text.utf8.count <= 2048 && rest.starts(with: resource.utf8) && rest.count > resource.utf8.count
        && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
}

/// Whether it can be sent: something, not too long for any service, and no control character.
private func isText(_ text: String) -> Bool {
    (1...2048).contains(text.utf8.count)
        && text.unicodeScalars.allSatisfy { !(0x00...0x1F).contains($0.value) && !(0x7F...0x9F).contains($0.value) }
}

extension Substring.UTF8View {
    /// Takes what stands before the first colon, and the colon, and says whether it passes; no where there is none.
    fileprivate mutating func dropField(_ passes: (Substring.UTF8View) -> Bool) -> Bool {
        guard let colon = firstIndex(of: UInt8(ascii: ":")) else { return false }
        let field = self[..<colon]
        self = self[index(after: colon)...]
        return passes(field)
    }
}
