import Profiles

/// The service that assumes a role, which determines what a role may be called.
enum RoleService {
    /// AWS.
    case aws
    /// The endpoint in `AWS_ENDPOINT_URL`: a private stand-in for all AWS services, whose ARNs look like AWS's.
    case likeAWS
    /// An endpoint configured for STS or for the profile: only that service knows which names it accepts.
    case own
}

extension EndpointSettings {
    /// The service that the environment selects, by the rules of `docs/sts.md`.
    func roleService(_ environment: (String) -> String?) -> RoleService {
        func variable(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        let ignores = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").map { $0.lowercased() == "true" } ?? ignoresURLs
        if ignores { return .aws }
        if variable("AWS_ENDPOINT_URL_STS") != nil { return .own }
        if variable("AWS_ENDPOINT_URL") != nil { return .likeAWS }
        return stsURL != nil || url != nil ? .own : .aws
    }
}

/// Throws if the service would refuse the role's name.
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

/// Whether it is `arn:PARTITION:iam::ACCOUNT:RESOURCE…`, where the account is twelve digits, or `aws` for a policy that
/// AWS owns; other services may leave it empty, or use a name.
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

/// Whether it can be sent: not empty, not too long for any service, and without control characters.
private func isText(_ text: String) -> Bool {
    (1...2048).contains(text.utf8.count)
        && text.unicodeScalars.allSatisfy { !(0x00...0x1F).contains($0.value) && !(0x7F...0x9F).contains($0.value) }
}

extension Substring.UTF8View {
    /// Removes the text up to the first colon, with the colon, and returns whether it passes; false without a colon.
    fileprivate mutating func dropField(_ passes: (Substring.UTF8View) -> Bool) -> Bool {
        guard let colon = firstIndex(of: UInt8(ascii: ":")) else { return false }
        let field = self[..<colon]
        self = self[index(after: colon)...]
        return passes(field)
    }
}
