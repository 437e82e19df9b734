import Secrets
import Text
import Transport

/// The credentials of an EC2 instance's role, from its instance metadata service (IMDS).
public struct InstanceMetadata {
    private let client: MetadataClient
    /// Ends with a slash.
    private let base: String
    private let isV1Disabled: Bool

    /// Reads the settings as SDKs do (AWS SDKs and Tools Reference Guide, "IMDS credential provider"; timeout and
    /// attempts as in botocore). The environment comes before the profile, an endpoint before an endpoint mode.
    ///
    /// - Parameters:
    ///   - settings: the profile's settings.
    ///   - lookUp: the environment.
    ///   - sender: sends requests.
    ///   - time: when to give up. Three requests are made, each up to `attempts` times (1 by default) for `timeout`
    ///     seconds (1 by default).
    /// - Throws: `.disabled`, `.malformedSetting`, `.malformedURI`, `.notAllowed`.
    public init(
        _ settings: InstanceSettings, environment lookUp: (String) -> String?, sender: any HTTPSender, time: TimeLeft
    ) throws(MetadataError) {
        guard try !InstanceSetting("AWS_EC2_METADATA_DISABLED", lookUp, nil).flag() else { throw .disabled }
        isV1Disabled = try InstanceSetting("AWS_EC2_METADATA_V1_DISABLED", lookUp, settings.v1Disabled).flag()
        let timeout = try InstanceSetting("AWS_METADATA_SERVICE_TIMEOUT", lookUp, settings.timeout).number(in: 1...600)
        let attempts = try InstanceSetting("AWS_METADATA_SERVICE_NUM_ATTEMPTS", lookUp, settings.attempts).number(
            in: 1...100)
        client = MetadataClient(
            sender: sender, timeout: (timeout ?? 1) * 1000, attempts: attempts ?? 1, pause: 0, time: time)
        base = try Self.base(settings, lookUp)
    }

    private static func base(
        _ settings: InstanceSettings, _ lookUp: (String) -> String?
    ) throws(MetadataError) -> String {
        let endpoint = InstanceSetting("AWS_EC2_METADATA_SERVICE_ENDPOINT", lookUp, settings.endpoint)
        if let text = endpoint.value {
            let url = try serviceURL(text, setting: endpoint.name).text
            return url.ends(with: "/") ? url : url + "/"
        }
        let mode = InstanceSetting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", lookUp, settings.endpointMode)
        switch mode.value?.lowercased() {
        case nil, "ipv4": return "http://169.254.169.254/"
        case "ipv6": return "http://[fd00:ec2::254]/"
        default: throw mode.malformed
        }
    }

    /// Requests the credentials, by version 2 of the service if it is available.
    ///
    /// As in the SDKs, the fallback is version 1, which needs no token: if the service answers the request for a token
    /// with 403, 404 or 405, or accepts it and stays silent (a container one network hop too far away gets no answer).
    /// There is no fallback if no service is reached at all, if it answers anything else, or if version 1 is disabled.
    ///
    /// - Throws: `.notHere`, `.v1Disabled`, `.noRole`, `.refused`, `.notJSON`, `.missing`, `.network`.
    public func credentials() throws(MetadataError) -> Credentials {
        let token = try token()
        if token == nil, isV1Disabled { throw .v1Disabled }
        let role = try role(token)
        return try Metadata.credentials(in: try get(rolesPath + role, token), hiding: token)
    }

    /// A token that is valid for six hours; nil to try version 1.
    private func token() throws(MetadataError) -> SecretBytes? {
        let ttl = Header("X-aws-ec2-metadata-token-ttl-seconds", "21600")
        let response: HTTPResponse
        do throws(MetadataError) {
            response = try client.call("PUT", url("latest/api/token"), headers: [ttl], nil)
        } catch .network(.timedOut(_, sent: true)) {
            return nil
        }
        switch response.status {
        case 200:
            let token = response.body.copy()
            guard isPrintable(token) else { throw .missing("token") }
            return token
        case 403, 404, 405: return nil
        default: throw refusal(response, hiding: nil)
        }
    }

    /// The name of the role: the first line of the list, which has only one.
    private func role(_ token: borrowing SecretBytes?) throws(MetadataError) -> String {
        let response = try get(rolesPath, token)
        if response.status == 404 { throw .noRole }
        guard response.status == 200 else { throw refusal(response, hiding: token) }
        let name = response.body.withUnsafeBytes { bytes in
            String(decoding: bytes.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
        }
        if name.isEmpty { throw .noRole }
        guard isRoleName(name) else { throw .missing("role name") }
        return name
    }

    private func get(_ path: String, _ token: borrowing SecretBytes?) throws(MetadataError) -> HTTPResponse {
        try client.call("GET", try url(path), token: "X-aws-ec2-metadata-token", token)
    }

    private func url(_ path: String) throws(MetadataError) -> ServiceURL {
        try serviceURL(base + path, setting: "AWS_EC2_METADATA_SERVICE_ENDPOINT")
    }
}

private let rolesPath = "latest/meta-data/iam/security-credentials/"

/// IAM API Reference, `CreateRole`: letters, digits and `_+=,.@-`, 64 at most. In a path, none of them is special but
/// two dots.
private func isRoleName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count) && name != "." && name != ".."
        && name.utf8.allSatisfy { isWordByte($0) || "+=,.@-".utf8.contains($0) }
}

/// Parses a setting that holds the URL of a metadata service.
func serviceURL(_ text: String, setting: String) throws(MetadataError) -> ServiceURL {
    do throws(TransportError) {
        return try ServiceURL(metadata: text)
    } catch .insecureURL(let host) {
        throw .notAllowed(host: host)
    } catch {
        throw .malformedURI(setting: setting)
    }
}
