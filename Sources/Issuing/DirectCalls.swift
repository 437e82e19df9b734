import Chains
import Failures
import Linux
import STS
import Secrets
import Setup

/// Requests signed with a key that is not stored yet.
package struct DirectCalls {
    private let endpoints: EndpointResolver
    private let region: String?
    private let partition: String?
    private let calls: AWSCalls

    /// - Parameters:
    ///   - profile: the profile with the key's name; its region and endpoints apply if it exists and is valid.
    ///   - region: takes precedence over the profile's.
    package init(_ context: Context, profile: String, region: String?) throws(Failure) {
        let chain = try? Chain.resolve(
            profile, in: ProfileLoading(context).profiles(), environment: { context.environment[$0] }
        ) { _ in true }
        endpoints = EndpointResolver(chain?.endpoint, context.environment)
        self.region = region ?? chain?.effectiveRegion { context.environment.nonEmpty($0) }
        partition = chain?.partition
        calls = AWSCalls(context.world, caBundle: endpoints.caBundle)
    }

    /// The identity that the key belongs to.
    package func callerIdentity(_ key: borrowing Credentials) throws(Failure) -> CallerIdentity {
        let endpoint = try endpoints.endpoint(.sts, region: region, partition: partition)
        let who = RequestSigner(key, name: nil, endpoint)
        let key = key.copy()
        do throws(STSError) {
            return try calls.sts(endpoint) { (client) throws(STSError) in
                try client.getCallerIdentity(signedBy: key)
            }
        } catch { throw Failure(error, doing: "check the key", signer: who) }
    }

    /// The serial numbers of its user's MFA devices.
    package func mfaDevices(_ key: borrowing Credentials) throws(Failure) -> [String] {
        let endpoint = try endpoints.endpoint(.iam, region: region, partition: partition)
        let key = key.copy()
        do throws(STSError) {
            return try calls.iam(endpoint) { (client) throws(STSError) in
                try client.listMFADevices(signedBy: key).map(\.serialNumber)
            }
        } catch { throw Failure(error, doing: "list the MFA devices") }
    }

    /// Whether the key may call IAM: whether it may ask for its user.
    package func mayCallIAM(_ key: borrowing Credentials) -> Bool {
        guard let endpoint = try? endpoints.endpoint(.iam, region: region, partition: partition) else { return false }
        let key = key.copy()
        do throws(STSError) {
            _ = try calls.iam(endpoint) { (client) throws(STSError) in try client.getUser(signedBy: key) }
            return true
        } catch { return false }
    }
}
