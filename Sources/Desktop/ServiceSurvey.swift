/// What is to be seen of the Secret Service without starting anything, and without a dialog.
public enum ServiceSurvey: Sendable, Equatable {
    /// It does not run; the bus starts it for the first program that calls it.
    case startable
    /// It answers, and its default collection is locked.
    case locked
    /// It answers, with these items.
    case open([SecretItem])
}

extension SecretService {
    /// Looks at the service as it is, and for the items of a schema, without their secrets.
    public func survey(_ schema: SecretSchema) throws(SecretServiceError) -> ServiceSurvey {
        let query = try Query(schema, [:])
        let answer = Box(ServiceSurvey.locked)
        try converse { (client) throws(SecretServiceError) in answer.value = try client.survey(query) }
        return answer.value
    }
}

extension SecretServiceClient {
    fileprivate func survey(_ query: Query) throws(SecretServiceError) -> ServiceSurvey {
        bus.mayStartService = false
        guard try bus.hasService() else {
            guard try bus.canStartService() else { throw .noService }
            return .startable
        }
        if let collection = try defaultCollection(), try isLocked(collection: collection) { return .locked }
        return .open(try items(query))
    }
}
