import Issuing
import STS
import Secrets
import Times

/// Whether AWS accepts a new key. It does so some seconds after it made it, at places later than at others.
enum KeyAcceptance {
    /// Two calls in a row were answered.
    case accepted
    /// AWS still does not know the key.
    case refused(STSError)
    /// AWS could not be asked.
    case unknown(STSError)

    /// Milliseconds to wait for it.
    static let limit: Int64 = 60_000
    /// The same while AWS cannot be reached, which says nothing about the key.
    private static let unreachableLimit: Int64 = 10_000

    /// Waits until two calls of `sts:GetCallerIdentity`, which no policy can forbid, were answered in a row.
    init(of key: borrowing Credentials, _ calls: KeyCalls, _ timing: Timing) {
        let key = key.copy()
        let start = timing.uptime()
        var pause: Int64 = 500
        var answers = 0
        while true {
            do throws(STSError) {
                _ = try calls.sts { (client) throws(STSError) in try client.getCallerIdentity(signedBy: key) }
                answers += 1
                if answers == 2 {
                    self = .accepted
                    return
                }
                pause = 500
            } catch {
                answers = 0
                let limit = if case .network = error { Self.unreachableLimit } else { Self.limit }
                guard timing.uptime() + pause < start + limit else {
                    if case .invalidKey = error { self = .refused(error) } else { self = .unknown(error) }
                    return
                }
            }
            timing.sleep(pause)
            pause = min(pause * 2, 5_000)
        }
    }
}
