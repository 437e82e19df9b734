import JSON
import Transport

/// Why the machine or the container returned no credentials. No case repeats a secret.
public enum MetadataError: Error, Equatable, Sendable {
    /// `AWS_EC2_METADATA_DISABLED` is true.
    case disabled
    /// Neither `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` nor `AWS_CONTAINER_CREDENTIALS_FULL_URI` is set.
    case notSet
    /// A setting has an invalid value.
    case malformedSetting(name: String, value: String)
    /// A setting is not a URI; its value, which may hold a secret, is not repeated.
    case malformedURI(setting: String)
    /// Plain HTTP to a host that is neither this one nor a metadata service.
    case notAllowed(host: String)
    /// The file of the authorization token cannot be read.
    case unreadableTokenFile(path: String)
    /// The authorization token is empty, or contains a line break or another control character.
    case malformedToken
    /// No service answers at this address: this is not the machine or the container that it was taken for.
    case notHere(host: String)
    /// The instance issues no token, and requests without one are forbidden (`ec2_metadata_v1_disabled`).
    case v1Disabled
    /// The instance has no role.
    case noRole
    /// The service refused with this HTTP status (200 if the refusal is in the answer); `reason` is its message, 300
    /// characters at most, empty if it sent none that can be shown.
    case refused(status: Int, reason: String)
    /// The answer is not a JSON object.
    case notJSON(JSONError)
    /// The answer lacks this member, or its value is invalid.
    case missing(String)
    /// No response arrived.
    case network(TransportError)
}
