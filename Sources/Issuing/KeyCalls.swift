import Chains
import Failures
import Linux
import STS
import Secrets
import Setup

/// Requests to STS and IAM about one stored key. Each has its own time limit: no program waits for the answer.
package final class KeyCalls {
    /// Where requests to STS go.
    package let sts: Endpoint
    /// Where requests to IAM go.
    package let iam: Endpoint
    private let calls: AWSCalls

    /// - Parameter chain: of the profile that the key is used by; its region and endpoints apply.
    package init(_ context: Context, _ chain: Chain?) throws(Failure) {
        let environment = context.environment
        let endpoints = EndpointResolver(chain?.endpoint, environment)
        let region = chain?.effectiveRegion { environment.nonEmpty($0) }
        let origin = chain?.region?.origin
        sts = try endpoints.endpoint(.sts, region: region, origin, partition: chain?.partition)
        iam = try endpoints.endpoint(.iam, region: region, origin, partition: chain?.partition)
        calls = AWSCalls(context.world, caBundle: endpoints.caBundle)
    }

    /// AWS's time as far as it is known, in seconds since 1970.
    package var time: Int64 { calls.time }

    /// Makes a request to STS.
    package func sts<R: ~Copyable>(_ body: (STSClient) throws(STSError) -> R) throws(STSError) -> R {
        calls.renewBudget()
        return try calls.sts(sts, body)
    }

    /// Makes a request to IAM.
    package func iam<R: ~Copyable>(_ body: (IAMClient) throws(STSError) -> R) throws(STSError) -> R {
        calls.renewBudget()
        return try calls.iam(iam, body)
    }
}
