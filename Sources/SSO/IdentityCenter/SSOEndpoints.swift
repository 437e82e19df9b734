import STS
import Text
import Transport

/// The endpoints of IAM Identity Center for a region.
public struct SSOEndpoints: Equatable, Sendable {
    /// The SSO OIDC service, which signs users in.
    public let oidc: ServiceURL
    /// The portal, which issues the credentials of roles.
    public let portal: ServiceURL

    /// - Parameters:
    ///   - region: `sso_region`.
    ///   - oidc: a custom endpoint (`AWS_ENDPOINT_URL_SSO_OIDC`) that replaces AWS's.
    ///   - portal: the same for the portal (`AWS_ENDPOINT_URL_SSO`).
    /// - Throws: `.malformedRegion`, `.malformedEndpoint`.
    public init(region: String, oidc: String? = nil, portal: String? = nil) throws(SignInError) {
        let suffix = try dnsSuffix(region)
        self.oidc = try serviceURL(oidc ?? "https://oidc.\(region).\(suffix)")
        self.portal = try serviceURL(portal ?? "https://portal.sso.\(region).\(suffix)")
    }
}

extension ServiceURL {
    /// The URL of an operation under this one.
    func appending(_ path: String) throws(SignInError) -> ServiceURL {
        try serviceURL((text.ends(with: "/") ? String(text.dropLast()) : text) + path)
    }
}

func serviceURL(_ text: String) throws(SignInError) -> ServiceURL {
    do throws(TransportError) { return try ServiceURL(text) } catch { throw .malformedEndpoint(error) }
}

private func dnsSuffix(_ region: String) throws(SignInError) -> String {
    do throws(STSError) { return try Partition(region: region).dnsSuffix } catch { throw .malformedRegion(region) }
}
