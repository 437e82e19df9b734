import Chains
import Failures
import SSO
import STS
import Linux
import Setup

/// Where users sign in with console credentials.
struct LoginSite {
    private let context: Context
    private let region: String
    private let endpoint: EndpointSettings

    /// The site of a profile's login.
    init(_ context: Context, _ login: Login, _ endpoint: EndpointSettings) {
        self.init(context, region: login.region?.value, arn: login.session.value, endpoint)
    }

    /// The environment's region goes before the profile's, as in SDKs; without any, it is the first of the partition.
    ///
    /// - Parameters:
    ///   - wanted: the command line's, which goes before both.
    ///   - region: the profile's.
    ///   - arn: that of the identity that signs in, if known.
    ///   - endpoint: the profile's settings.
    init(
        _ context: Context, wanted: String? = nil, region: String?, arn: String? = nil,
        _ endpoint: EndpointSettings = .none
    ) {
        self.context = context
        let environment = context.environment
        let fields = arn?.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2)
        let partition = fields.flatMap { $0.count == 3 ? Partition(named: String(Substring($0[1]))) : nil }
        self.region =
            wanted ?? environment.nonEmpty("AWS_REGION") ?? environment.nonEmpty("AWS_DEFAULT_REGION") ?? region
            ?? partition?.implicitGlobalRegion ?? "us-east-1"
        self.endpoint = endpoint
    }

    /// The endpoint.
    ///
    /// - Parameter own: the region that a token was issued in, which takes precedence.
    func endpoint(of own: String?) throws(Failure) -> LoginEndpoint {
        let environment = context.environment
        let fips = environment.nonEmpty("AWS_USE_FIPS_ENDPOINT").map { $0.lowercased() == "true" }
        do throws(SignInError) {
            return try LoginEndpoint(
                region: own ?? region, isFIPS: fips ?? endpoint.usesFIPS ?? false,
                custom: endpoint.customSignInURL(environment))
        } catch { throw Failure(error, doing: "find the sign-in service", at: .console) }
    }
}

extension EndpointSettings {
    /// The endpoint that is set for AWS Sign-In, or for all services, as SDKs look it up; nil for AWS's own.
    func customSignInURL(_ environment: Environment) -> String? {
        let ignores = environment.nonEmpty("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").map { $0.lowercased() == "true" }
        if ignores ?? ignoresURLs { return nil }
        return environment.nonEmpty("AWS_ENDPOINT_URL_SIGNIN") ?? environment.nonEmpty("AWS_ENDPOINT_URL")
            ?? signInURL?.value ?? url?.value
    }
}
