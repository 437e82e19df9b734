import Chains
import Failures
import Federating

/// What keeps a profile out of the console.
func federationTables(_ o: String) -> [Table] {
    let errors: [FederationError] = [
        .noConsole(partition: "aws-iso"), .malformedEndpoint(.insecureURL(host: o)), .network(.libraryMissing),
        .network(.redirected(host: o, status: 302)), .refused(status: 400), .unavailable(status: 503),
        .invalidResponse(status: 200),
    ]
    let refused: [(String, Failure.SentToConsole)] = [
        ("unknown session", .unknownSession), ("console sign-in", .consoleSignIn),
        ("Identity Center", .identityCenter), ("duration", .duration), ("bound", .bound),
    ]
    let destinations: [DestinationError] = [
        .malformedURL, .elsewhere(console: "console.aws.amazon.com"), .malformedService, .malformedRegion,
        .foreignRegion(partition: "aws-cn"),
    ]
    return [
        Table(errors) { Failure($0, profile: o, .session) },
        Table(destinations) { Failure($0, o, region: o, in: "aws") },
        Table(
            "console",
            refused.map { ($0.0, Failure(FederationError.refused(status: 400), profile: o, $0.1)) } + [
                ("empty page", Failure(DestinationError.malformedURL, "", region: nil, in: "aws")),
                ("key", .keyInConsole(o, partition: "aws")), ("code", .codeInFederation(o)),
                ("short", .tooShortFederation(o, left: 3600, minimum: 7200)),
                ("chained role", .durationOfChainedRole(o)), ("session", .notNarrowed(o)),
            ]),
        Table("a session that is too short", tooShort(o)),
    ]
}

/// With what decides how long the sessions last, for a time within that and for one beyond it.
private func tooShort(_ profile: String) -> [(String, Failure)] {
    let limits: [SessionLimit] = [.role, .keySession, .consoleSignIn, .chainedRole, .source]
    return limits.flatMap { limit in
        [(Int64(600), "10m"), (7200, "2h")].map { minimum in
            (
                "\(limit), \(minimum.1)",
                .tooShort(profile, left: 400, minimum: minimum, limit, instead: "leave --min-ttl out")
            )
        }
    }
}
