import Chains
import Linux
import Metadata
import Profiles
import SSO
import STS
import Secrets
import Sessions
import Setup
import Transport

/// The requests that one command makes to AWS, and the time it has for them.
final class AWSCalls {
    private let world: World
    private let caBundle: String?
    private var sender: ObservedSender?
    /// Milliseconds that are left for waiting on the network. Time that somebody takes to type does not count, so that
    /// a process that nobody is asked by is back within ten seconds.
    private var budget: Int64 = 9_500

    /// This process was stopped while it waited for the network: that it waited in vain says nothing of the network.
    private(set) var wasStopped = false

    /// How far AWS's clock was from this machine's at the last answer; nil where they agree, or that is not known.
    var clock: ClockOffset? { sender?.clock }

    /// AWS's time as far as it is known, in seconds since 1970.
    var time: Int64 { world.timing.now().seconds + (clock?.seconds ?? 0) }

    /// - Parameter caBundle: a file of certificates to trust in place of the system's.
    init(_ world: World, caBundle: String?) {
        self.world = world
        self.caBundle = caBundle
    }

    /// Makes a request to STS at `endpoint`.
    func sts<R: ~Copyable>(
        _ endpoint: Endpoint, _ body: (STSClient) throws(STSError) -> R
    ) throws(STSError) -> R {
        try timed(STSError.network) { (sender, deadline) throws(STSError) in
            try body(STSClient(endpoint: endpoint, sender: sender, timing: world.timing, deadline: deadline))
        }
    }

    /// Makes a request to IAM at `endpoint`.
    func iam<R>(_ endpoint: Endpoint, _ body: (IAMClient) throws(STSError) -> R) throws(STSError) -> R {
        try timed(STSError.network) { (sender, deadline) throws(STSError) in
            try body(IAMClient(endpoint: endpoint, sender: sender, timing: world.timing, deadline: deadline))
        }
    }

    /// Asks the metadata service of the machine or the container.
    func metadata(
        _ body: (ObservedSender, TimeLeft) throws(MetadataError) -> Credentials
    ) throws(MetadataError) -> Credentials {
        try timed(MetadataError.network) { (sender, deadline) throws(MetadataError) in
            let time = TimeLeft(
                deadline: deadline, uptime: world.timing.uptime, sleep: world.timing.sleep)
            return try body(sender, time)
        }
    }

    /// Asks IAM Identity Center; `body` is given the milliseconds that it has.
    func signIn<R: ~Copyable>(_ body: (ObservedSender, Int64) throws(SSOError) -> R) throws(SSOError) -> R {
        try timed(SSOError.network) { (sender, deadline) throws(SSOError) in
            try body(sender, max(1, deadline - world.timing.uptime()))
        }
    }

    /// The same while somebody signs in, which takes its time.
    func unhurried<R: ~Copyable>(_ body: (ObservedSender) throws(SSOError) -> R) throws(SSOError) -> R {
        let sender: ObservedSender
        do throws(TransportError) { sender = try openSender() } catch { throw .network(error) }
        return try body(sender)
    }

    private func timed<R: ~Copyable, E: Error>(
        _ network: (TransportError) -> E, _ body: (ObservedSender, Int64) throws(E) -> R
    ) throws(E) -> R {
        let sender: ObservedSender
        do throws(TransportError) { sender = try openSender() } catch { throw network(error) }
        let start = world.timing.uptime()
        let watch = StopDetector()
        defer {
            let taken = world.timing.uptime() - start
            // A frozen container is not told that it was stopped.
            if watch.hasDetectedStop || taken > budget + Self.slack { wasStopped = true }
            budget = max(1, budget - taken)
        }
        return try body(sender, start + budget)
    }

    /// Milliseconds by which a busy machine may be late.
    private static let slack: Int64 = 2_000

    private func openSender() throws(TransportError) -> ObservedSender {
        if let sender { return sender }
        let new = try ObservedSender(world, caBundle: caBundle)
        sender = new
        return new
    }
}
