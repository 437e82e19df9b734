import Transport

/// Whether a request may be sent again.
enum Repetition {
    /// It may: what it does twice is done once.
    case always
    /// If the service certainly never saw it: it carries a one-time code.
    case unsent
    /// Also if the service refused it without acting on it: it makes something new each time.
    case refused

    /// Whether one answer may have been lost and nothing more be done about it.
    var isOnce: Bool { self != .always }
}

/// The SDKs' standard retry mode (AWS SDKs and Tools Reference Guide, "Retry behavior"), restricted by what a one-time
/// code forbids.
struct Retries {
    /// The most requests for one call.
    static let limit = 3

    let repetition: Repetition
    private var attempts = 0
    /// The service's time minus ours, in seconds, once it is known to matter.
    private(set) var offset: Int64 = 0
    private var isCorrected = false

    init(_ repetition: Repetition) { self.repetition = repetition }

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
        guard error.isPassing, mayRepeat(after: error) else { return nil }
        let ceiling = min(1 << (attempts - 1), 20)
        return Int64(random() * Double(ceiling) * 1000)
    }

    private func mayRepeat(after error: STSError) -> Bool {
        switch repetition {
        case .always: true
        case .unsent: error.isCertainlyUnsent
        case .refused: if case .throttled = error { true } else { error.isCertainlyUnsent }
        }
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
