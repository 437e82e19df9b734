import Federating
import STS
import Text
import Transport

// Why a profile cannot sign in to the console, in the user's words.

extension Failure {
    /// What was sent to the federation endpoint, which does not say why it refuses something.
    package enum SentToConsole: Sendable {
        /// A session of a kind that it accepts.
        case session
        /// A session that warder knows nothing about.
        case unknownSession
        /// A session of a console sign-in.
        case consoleSignIn
        /// A session of a role of IAM Identity Center.
        case identityCenter
        /// A session, and how long the console session should last.
        case duration
        /// A session, and the longest life that a rule of the machine allows.
        case bound
    }

    package init(_ error: FederationError, profile: String, _ sent: SentToConsole) {
        switch error {
        case .noConsole(let partition):
            self.init(
                .usage, "\(profile) is in \(partition), whose console warder cannot sign in to",
                hint: "use the sign-in page that your organization gives you")
        case .malformedEndpoint(let error):
            self.init(error, configured: true)
            self = saying(hint: "see AWS_ENDPOINT_URL_SIGNIN, AWS_ENDPOINT_URL and endpoint_url: an https URL")
        case .network(.redirected(let host, let status)):
            self.init(
                .network, "\(host) answered with a redirect (\(status)), which is never followed",
                hint: "see AWS_ENDPOINT_URL_SIGNIN, and whether a proxy or a sign-in page answers there")
        case .network(let error): self.init(error, configured: false)
        case .refused(let status):
            self.init(
                .refused, "AWS does not accept the session of \(profile) for the console (status \(status))",
                hint: Self.hint(onRefused: sent, profile))
        case .unavailable(let status):
            self.init(
                .refused, "the console's sign-in service is not available (status \(status))",
                hint: "wait a moment, and try again", cause: .unjudged)
        case .invalidResponse(let status):
            self.init(
                .network, "the answer of the console's sign-in service (status \(status)) holds no token",
                hint: "see what answers there: a proxy, a sign-in page, or another service at AWS_ENDPOINT_URL_SIGNIN")
        }
    }

    private static func hint(onRefused sent: SentToConsole, _ profile: String) -> String {
        switch sent {
        case .session: "it may have been revoked: warder forget \(shellWord(profile)), and try again"
        case .unknownSession:
            "AWS accepts sessions of roles and federated users, but not those of GetSessionToken: "
                + "use a profile with a role_arn"
        case .consoleSignIn:
            "it may have ended: warder login \(shellWord(profile)), and try again; "
                + "or open the console in the browser that you signed in with"
        case .identityCenter:
            "it may have been revoked, or the role unassigned: warder forget \(shellWord(profile)), and try again"
        case .bound:
            "max_session_duration bounds the console session, and AWS may accept no duration for it: "
                + "use a profile with a role_arn"
        case .duration:
            "AWS accepts a duration only for a role that a user's key or an identity provider assumed: "
                + "leave --duration out"
        }
    }

    /// - Parameters:
    ///   - given: the page or the service that the user wrote.
    ///   - region: what `--region` says.
    package init(_ error: DestinationError, _ given: String, region: String?, in partition: String) {
        let (given, region) = (given.isEmpty ? "''" : given, (region ?? "").isEmpty ? "''" : region ?? "")
        switch error {
        case .malformedURL:
            self.init(
                .usage, "\(given) is not a page of the console", hint: "copy its address from the browser: https://…")
        case .elsewhere(let console):
            self.init(
                .usage, "\(given) is not in the console of \(partition), which is at \(console)",
                hint: "--to takes the address of a page there: https://\(console)/…")
        case .malformedService:
            self.init(.usage, "\(given) is not a service", hint: "name it as the AWS CLI does: --service s3")
        case .malformedRegion:
            self.init(
                .usage, "\(region) is not a region",
                hint: "write it as \(nearest(to: region, among: knownRegions) ?? "eu-west-1")")
        case .foreignRegion(let other):
            self.init(
                .usage, "\(region) is a region of \(other), and the profile is in \(partition)",
                hint: "name a region of \(partition), or another profile")
        }
    }

    /// A key without a role gets a federated user, who may do nothing without a policy.
    package static func keyInConsole(_ profile: String, partition: String) -> Failure {
        Failure(
            .usage, "\(profile) has no role, and the console accepts neither a key nor its MFA session",
            hint: "use a profile with a role_arn, or say what a federated user may do: "
                + "--policy arn:\(partition):iam::aws:policy/ReadOnlyAccess")
    }

    /// A federated user's session is made without a code.
    package static func codeInFederation(_ profile: String) -> Failure {
        Failure(
            .usage, "\(profile) has no role, and a key's own console session takes no MFA code",
            hint: "leave --mfa-code out, or use a profile with a role_arn")
    }

    /// The session of a role that another role assumed cannot ask for a duration.
    package static func durationOfChainedRole(_ profile: String) -> Failure {
        Failure(
            .usage,
            "the role of \(profile) is assumed by another role, and AWS accepts no duration for its console session",
            hint: "leave --duration out: the console session lasts as long as the role's, an hour at most")
    }

    /// Credentials that are a session already cannot be narrowed.
    package static func notNarrowed(_ profile: String) -> Failure {
        Failure(
            .usage, "\(profile) begins with a session already, which cannot be narrowed",
            hint: "leave --policy and --read-only out, or use a profile with a role_arn")
    }
}
