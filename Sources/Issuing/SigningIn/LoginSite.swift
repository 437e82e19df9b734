import Chains
import Failures
import SSO
import STS
import Setup

/// Where users sign in with the console's credentials.
struct LoginSite {
    private let context: Context
    private let region: String
    private let isFIPS: Bool

    /// The site of a profile's login.
    init(_ context: Context, _ login: Login, _ endpoint: EndpointSettings) {
        self.init(
            context, region: login.region?.value, arn: login.session.value, isFIPS: endpoint.usesFIPS)
    }

    /// The environment's region takes precedence, as in SDKs; without any, it is the first of the partition.
    ///
    /// - Parameters:
    ///   - region: the profile's.
    ///   - arn: who signs in, if that is known.
    ///   - isFIPS: `use_fips_endpoint`, if set.
    init(_ context: Context, region: String?, arn: String? = nil, isFIPS: Bool? = nil) {
        self.context = context
        let environment = context.environment
        let fields = arn?.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2)
        let partition = fields.flatMap { $0.count == 3 ? Partition(named: String(Substring($0[1]))) : nil }
        self.region =
            environment.nonEmpty("AWS_REGION") ?? environment.nonEmpty("AWS_DEFAULT_REGION") ?? region
            ?? partition?.implicitGlobalRegion ?? "us-east-1"
        let fips = environment.nonEmpty("AWS_USE_FIPS_ENDPOINT").map { $0.lowercased() == "true" }
        self.isFIPS = fips ?? isFIPS ?? false
    }

    /// The endpoint.
    ///
    /// - Parameter own: the region that a token was issued in, which takes precedence.
    func endpoint(of own: String?) throws(Failure) -> LoginEndpoint {
        do throws(SignInError) {
            return try LoginEndpoint(
                region: own ?? region, isFIPS: isFIPS, custom: context.environment.nonEmpty("AWS_ENDPOINT_URL_SIGNIN"))
        } catch { throw Failure(error, doing: "find the sign-in service", at: .console) }
    }
}
