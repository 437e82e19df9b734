import STS
import Text
import Transport

/// Where the console of a partition is, and where AWS trades credentials for a token to sign in with.
public struct ConsoleSite: Equatable, Sendable {
    /// The partition.
    public let partition: Partition
    /// The federation endpoint (IAM User Guide, "Enable custom identity broker access to the AWS console").
    public let endpoint: ServiceURL
    /// The host of the console, without a region.
    let console: String
    /// The domain that the console and its sign-in are in.
    private let domain: String
    /// The host has no form without a region.
    let needsRegion: Bool

    /// - Parameter endpoint: the address of another sign-in service; nil for AWS's own.
    /// - Throws: `.noConsole`, `.malformedEndpoint`.
    public init(of partition: Partition, endpoint: String? = nil) throws(FederationError) {
        let signIn: String
        switch partition.name {
        case "aws": (signIn, domain) = ("signin.aws.amazon.com", "aws.amazon.com")
        case "aws-cn": (signIn, domain) = ("signin.amazonaws.cn", "amazonaws.cn")
        case "aws-us-gov": (signIn, domain) = ("signin.amazonaws-us-gov.com", "amazonaws-us-gov.com")
        case "aws-eusc":
            // Regional only (AWS European Sovereign Cloud, "Service endpoints").
            (signIn, domain) = ("eusc-de-east-1.signin.amazonaws-eusc.eu", "amazonaws-eusc.eu")
        default: throw .noConsole(partition: partition.name)
        }
        self.partition = partition
        console = "console." + domain
        needsRegion = partition.name == "aws-eusc"
        var base = endpoint ?? "https://" + signIn
        while base.utf8.last == UInt8(ascii: "/") { base.removeLast() }
        do throws(TransportError) { self.endpoint = try ServiceURL(base + "/federation") } catch {
            throw .malformedEndpoint(error)
        }
    }

    /// Whether the host is one of the console's: `console`, those under it (AWS Management Console Getting Started Guide,
    /// "DNS configuration for AWS Management Console and AWS Sign-In"), and those of the two services that have their
    /// consoles beside it. The domain has other hosts, some of which redirect to any site.
    func isConsole(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "health." + domain { return true }
        return [console, "quicksight." + domain].contains { host == $0 || host.ends(with: "." + $0) }
    }

    /// The console's host, of a region if there is one.
    func host(in region: String?) -> String {
        (region ?? (needsRegion ? partition.implicitGlobalRegion : nil)).map { "\($0).\(console)" } ?? console
    }
}
