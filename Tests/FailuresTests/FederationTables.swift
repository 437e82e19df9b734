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
        ("unknown session", .unknownSession), ("duration", .duration), ("bound", .bound),
    ]
    let destinations: [DestinationError] = [
        .malformedURL, .elsewhere(domain: "aws.amazon.com"), .malformedService, .malformedRegion,
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
                ("chained role", .durationOfChainedRole(o)), ("session", .notNarrowed(o)),
                ("short", .tooShortForConsole(o, left: 3600, minimum: 7200)),
            ]),
    ]
}
