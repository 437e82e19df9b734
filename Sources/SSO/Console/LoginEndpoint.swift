import STS
import Transport

/// The endpoint of AWS Sign-In for a region, where users sign in with console credentials.
public struct LoginEndpoint: Equatable, Sendable {
    /// The region.
    public let region: String
    /// The base of its URLs.
    public let url: ServiceURL

    /// - Parameters:
    ///   - region: the region to sign in at.
    ///   - isFIPS: whether to use the endpoint that is validated by FIPS 140 (`use_fips_endpoint`).
    ///   - custom: a custom endpoint (`AWS_ENDPOINT_URL_SIGNIN`) that replaces AWS's.
    /// - Throws: `.malformedRegion`, `.malformedEndpoint`.
    public init(region: String, isFIPS: Bool = false, custom: String? = nil) throws(SignInError) {
        let partition: Partition
        do throws(STSError) { partition = try Partition(region: region) } catch { throw .malformedRegion(region) }
        self.region = region
        let host = isFIPS ? validatedHost(region, partition) : host(region, partition)
        url = try serviceURL(custom ?? "https://" + host)
    }

    /// The page at which users sign in.
    var authorize: ServiceURL { get throws(SignInError) { try url.appending("/v1/authorize") } }
    /// What issues and renews tokens.
    var token: ServiceURL { get throws(SignInError) { try url.appending("/v1/token") } }
    /// The page that shows a code to paste.
    var confirmation: ServiceURL { get throws(SignInError) { try url.appending("/v1/sessions/confirmation") } }
}

// The hosts are those of the service's endpoint rules in the SDKs, which follow the console's names.

private func host(_ region: String, _ partition: Partition) -> String {
    let suffix =
        switch partition.name {
        case "aws": "aws.amazon.com"
        case "aws-cn": "amazonaws.cn"
        case "aws-us-gov": "amazonaws-us-gov.com"
        case "aws-eusc": "amazonaws-eusc.eu"
        case "aws-iso": "c2shome.ic.gov"
        case "aws-iso-b": "sc2shome.sgov.gov"
        case "aws-iso-e": "csphome.adc-e.uk"
        case "aws-iso-f": "csphome.hci.ic.gov"
        default: partition.dnsSuffix
        }
    return "\(region).signin.\(suffix)"
}

private func validatedHost(_ region: String, _ partition: Partition) -> String {
    guard partition.name == "aws-us-gov" else { return "signin-fips.\(region).\(partition.dnsSuffix)" }
    let label = region == partition.implicitGlobalRegion ? "" : region + "."
    return "\(label)signin-fips.amazonaws-us-gov.com"
}
