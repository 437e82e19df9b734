import Secrets
import Text
import Transport

/// The credentials of a container's role, from the agent of ECS, EKS Pod Identity or a similar service.
public struct ContainerCredentials: ~Copyable {
    private let client: MetadataClient
    private let url: ServiceURL
    private let query: String?
    private let token: SecretBytes?

    private static let relativeURI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private static let fullURI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    private static let tokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

    /// Reads the settings as SDKs do (AWS SDKs and Tools Reference Guide, "Container credential provider"): a relative
    /// URI, which is resolved against ECS's agent, comes before a full one, and a token file before a token. Plain HTTP
    /// is allowed only for this host and for the agents' addresses.
    ///
    /// - Parameters:
    ///   - lookUp: the environment.
    ///   - secret: the environment again, for the variable that holds a secret.
    ///   - file: reads a file that holds a secret; nil if it cannot be read.
    ///   - sender: sends requests.
    ///   - time: when to give up. One request is made, up to three times for two seconds each, with a second between,
    ///     as in botocore.
    /// - Throws: `.notSet`, `.malformedURI`, `.notAllowed`, `.unreadableTokenFile`, `.malformedToken`.
    public init(
        environment lookUp: (String) -> String?, secret: (String) -> SecretBytes?,
        file: (String) -> SecretBytes?, sender: any HTTPSender, time: TimeLeft
    ) throws(MetadataError) {
        let (url, query) = try Self.target(lookUp)
        let token = try Self.token(InstanceSetting(Self.tokenFile, lookUp, nil).value, secret, file)
        client = MetadataClient(sender: sender, timeout: 2000, attempts: 3, pause: 1000, time: time)
        (self.url, self.query) = (url, query)
        self.token = token
    }

    /// Requests the credentials.
    ///
    /// - Throws: `.notHere`, `.refused`, `.notJSON`, `.missing`, `.network`.
    public borrowing func credentials() throws(MetadataError) -> Credentials {
        let accept = Header("Accept", "application/json")
        let response = try client.call(
            "GET", url, query: query, headers: [accept], token: "Authorization", token)
        return try Metadata.credentials(in: response, hiding: token)
    }

    private static func target(_ lookUp: (String) -> String?) throws(MetadataError) -> (ServiceURL, String?) {
        let relative = InstanceSetting(relativeURI, lookUp, nil)
        let full = InstanceSetting(fullURI, lookUp, nil)
        if let path = relative.value {
            // Any other start could change the host.
            guard path.begins(with: "/") else { throw .malformedURI(setting: relativeURI) }
            return try split("http://169.254.170.2" + path, setting: relativeURI)
        }
        guard let text = full.value else { throw .notSet }
        let (url, query) = try split(text, setting: fullURI)
        // At these addresses EC2's service serves other credentials, and does so without a token.
        guard url.isSecure || !["169.254.169.254", "[fd00:ec2::254]"].contains(url.host) else {
            throw .notAllowed(host: url.host)
        }
        return (url, query)
    }

    private static func split(_ text: String, setting: String) throws(MetadataError) -> (ServiceURL, String?) {
        let parts = text.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
            .map { Substring($0) }
        let url = try serviceURL(String(parts[0]), setting: setting)
        guard parts.count == 2 else { return (url, nil) }
        guard parts[1].utf8.allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: "#") }) else {
            throw .malformedURI(setting: setting)
        }
        return (url, String(parts[1]))
    }

    private static func token(
        _ path: String?, _ secret: (String) -> SecretBytes?, _ file: (String) -> SecretBytes?
    ) throws(MetadataError) -> SecretBytes? {
        if let path {
            guard var token = file(path) else { throw .unreadableTokenFile(path: path) }
            // An editor added the line break at the end; it is not part of the token.
            while token.count > 0, [10, 13].contains(token[token.count - 1]) { token.truncate(to: token.count - 1) }
            return try checked(token)
        }
        guard let token = secret("AWS_CONTAINER_AUTHORIZATION_TOKEN") else { return nil }
        return try checked(token)
    }

    /// A token may contain spaces: `Bearer …`.
    private static func checked(_ token: consuming SecretBytes) throws(MetadataError) -> SecretBytes {
        guard !token.isEmpty, (0..<token.count).allSatisfy({ (32...126).contains(token[$0]) }) else {
            throw .malformedToken
        }
        return token
    }
}
