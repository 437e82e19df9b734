import Transport

/// The SDKs' standard retry mode (AWS SDKs and Tools Reference Guide, "Retry behavior"), restricted by what a one-time
/// code forbids.
struct Retries {
    /// The most requests for one call.
    static let limit = 3

    /// Whether the request carries a one-time code: it is then repeated only if the service certainly did not check the
    /// code.
    let isOnce: Bool
    private var attempts = 0
    /// The service's time minus ours, in seconds, once it is known to matter.
    private(set) var offset: Int64 = 0
    private var isCorrected = false

    init(isOnce: Bool) { self.isOnce = isOnce }

    /// Milliseconds to wait before the next attempt; nil to give up.
    mutating func pause(after error: STSError, random: () -> Double) -> Int64? {
        attempts += 1
        guard attempts < Self.limit else { return nil }
        if case .skewed(_, let offset) = error {
            guard !isCorrected else { return nil }
            isCorrected = true
            self.offset = offset
            return 0
        }
        guard isOnce ? error.isPassing && error.isCertainlyUnsent : error.isPassing else { return nil }
        let ceiling = min(1 << (attempts - 1), 20)
        return Int64(random() * Double(ceiling) * 1000)
    }
}

extension STSError {
    /// Whether the same request may succeed a moment later.
    fileprivate var isPassing: Bool {
        switch self {
        case .network(let error):
            switch error {
            case .unreachable, .timedOut, .interrupted: true
            case .proxyRefused(let status): passingStatuses.contains(status)
            default: false
            }
        case .throttled: true
        case .invalidResponse(_, let status): passingStatuses.contains(status)
        default:
            refusal.map { passingStatuses.contains($0.status) || passingCodes.contains($0.code) } ?? false
        }
    }
}

private let passingStatuses: Set<Int> = [500, 502, 503, 504]
private let passingCodes: Set<String> = ["RequestTimeout", "RequestTimeoutException", "IDPCommunicationError"]
