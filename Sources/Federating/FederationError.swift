import Transport

/// Why AWS gave no token for signing in to the console.
public enum FederationError: Error, Equatable, Sendable {
    /// The partition has no federation endpoint that warder knows.
    case noConsole(partition: String)
    /// The configured endpoint is not a URL, or is plain HTTP to another host.
    case malformedEndpoint(TransportError)
    /// No response arrived.
    case network(TransportError)
    /// The endpoint answered with this status, and did not say why in a form that could be shown.
    case refused(status: Int)
    /// Too many requests, or the endpoint has failed.
    case unavailable(status: Int)
    /// The answer is not a JSON object with a token.
    case invalidResponse(status: Int)
}

/// Why a page is not one that a sign-in can lead to.
public enum DestinationError: Error, Equatable, Sendable {
    /// It is not the https URL of a page.
    case malformedURL
    /// It is not in the console of the credentials' partition, whose host this is.
    case elsewhere(console: String)
    /// It cannot be the name of a service.
    case malformedService
    /// It cannot be the name of a region.
    case malformedRegion
    /// It is a region of this partition.
    case foreignRegion(partition: String)
}
