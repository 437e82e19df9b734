import JSON
import Transport

/// Why the machine or the container gives no credentials. Nothing in it repeats a secret.
public enum MetadataError: Error, Equatable, Sendable {
    /// `AWS_EC2_METADATA_DISABLED` is true.
    case disabled
    /// Neither `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` nor `AWS_CONTAINER_CREDENTIALS_FULL_URI` is set.
    case notSet
    /// A setting takes other values than this one.
    case malformedSetting(name: String, value: String)
    /// A setting is no URI; what it says may hold a secret.
    case malformedURI(setting: String)
    /// Plain HTTP to a host that is neither this one nor a metadata service.
    case notAllowed(host: String)
    /// The file of the authorization token cannot be read.
    case unreadableTokenFile(path: String)
    /// The authorization token is empty, or has a line break or another control character in it.
    case malformedToken
    /// Nobody answers at this address: not the machine or the container that it was taken for.
    case notHere(host: String)
    /// The instance gives no token, and to ask without one is forbidden (`ec2_metadata_v1_disabled`).
    case v1Disabled
    /// The instance has no role.
    case noRole
    /// The service refused with this HTTP status (200, where the refusal is in the answer); `reason` is what it said,
    /// 300 characters at most, empty where it said nothing fit to be shown.
    case refused(status: Int, reason: String)
    /// The answer is no JSON object.
    case notJSON(JSONError)
    /// The answer lacks this, or holds in it what cannot be.
    case missing(String)
    /// There is no response.
    case network(TransportError)
}
