import Profiles

/// A profile's endpoint settings; the environment overrides all of them, as in SDKs.
public struct EndpointSettings: Sendable {
    /// `endpoint_url` under `sts` in the `services` section that the profile names.
    public let stsURL: Setting?
    /// The same under `iam`.
    public let iamURL: Setting?
    /// The same under `s3`.
    public let s3URL: Setting?
    /// The same under `signin`.
    public let signInURL: Setting?
    /// `endpoint_url`, for every service.
    public let url: Setting?
    /// `ignore_configured_endpoint_urls`: ignores the URLs above.
    public let ignoresURLs: Bool
    /// `use_fips_endpoint`, if set.
    public let usesFIPS: Bool?
    /// `use_dualstack_endpoint`, if set.
    public let usesDualStack: Bool?
    /// `sts_regional_endpoints`: `legacy` or `regional`.
    public let stsRegional: Setting?
    /// `ca_bundle`: the path of a file or a folder of certificates.
    public let caBundle: Setting?
}

extension EndpointSettings {
    init(of profile: Profile, in profiles: ProfileSet) throws(ChainError) {
        var stsURL: Setting?
        var iamURL: Setting?
        var s3URL: Setting?
        var signInURL: Setting?
        if let name = try profile.value("services") {
            guard let services = profiles.services(name.value) else {
                if let misnamed = profiles.misnamed(name.value, as: "services") {
                    throw .sectionMisnamed(kind: "services", name: name.value, misnamed, name.origin)
                }
                throw .servicesMissing(services: name.value, name.origin)
            }
            do throws(ProfileError) {
                stsURL = try services.nested("sts", "endpoint_url")
                iamURL = try services.nested("iam", "endpoint_url")
                s3URL = try services.nested("s3", "endpoint_url")
                signInURL = try services.nested("signin", "endpoint_url")
            } catch { throw .profile(error) }
        }
        self.stsURL = stsURL
        self.iamURL = iamURL
        self.s3URL = s3URL
        self.signInURL = signInURL
        url = try profile.value("endpoint_url")
        ignoresURLs = try Self.flag("ignore_configured_endpoint_urls", profile) ?? false
        usesFIPS = try Self.flag("use_fips_endpoint", profile)
        usesDualStack = try Self.flag("use_dualstack_endpoint", profile)
        stsRegional = try profile.value("sts_regional_endpoints")
        caBundle = try profile.value("ca_bundle")
    }

    /// The settings of a key without a profile.
    package static let none = EndpointSettings(
        stsURL: nil, iamURL: nil, s3URL: nil, signInURL: nil, url: nil, ignoresURLs: false, usesFIPS: nil,
        usesDualStack: nil,
        stsRegional: nil, caBundle: nil)

    private static func flag(_ key: String, _ profile: Profile) throws(ChainError) -> Bool? {
        guard let setting = try profile.value(key) else { return nil }
        return try setting.asBool(key)
    }
}
