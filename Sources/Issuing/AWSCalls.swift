import Chains
import Federating
import Linux
import Metadata
import Profiles
import SSO
import STS
import Secrets
import Sessions
import Setup
import Transport

/// The AWS requests of one command, and its time budget for them.
final class AWSCalls {
    private let world: World
    private let caBundle: String?
    private var sender: ObservedSender?
    /// Milliseconds left for waiting on the network. Time that the user takes to type does not count, so a process that
    /// does not prompt returns within ten seconds.
    private var budget = AWSCalls.wholeBudget
    private static let wholeBudget: Int64 = 9_500

    /// This process was stopped while it waited for the network, so that a timeout says nothing about the network.
    private(set) var wasStopped = false

    /// The offset of AWS's clock from this machine's at the last answer; nil if they agree or the offset is unknown.
    var clock: ClockOffset? { sender?.clock }

    /// AWS's time as far as it is known, in seconds since 1970.
    var time: Int64 { world.timing.now().seconds + (clock?.seconds ?? 0) }

    /// - Parameter caBundle: a file or folder of certificates to trust in place of the system's.
    init(_ world: World, caBundle: String?) {
        self.world = world
        self.caBundle = caBundle
    }

    /// Gives the next request as much time as the first had, where a command takes longer than a program waits.
    func renewBudget() { budget = Self.wholeBudget }

    /// Makes a request to STS at `endpoint`.
    func sts<R: ~Copyable>(
        _ endpoint: Endpoint, _ body: (STSClient) throws(STSError) -> R
    ) throws(STSError) -> R {
        try timed(STSError.network) { (sender, deadline) throws(STSError) in
            try body(STSClient(endpoint: endpoint, sender: sender, timing: world.timing, deadline: deadline))
        }
    }

    /// Makes a request to IAM at `endpoint`.
    func iam<R: ~Copyable>(
        _ endpoint: Endpoint, _ body: (IAMClient) throws(STSError) -> R
    ) throws(STSError) -> R {
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

    /// Calls IAM Identity Center; `body` gets the milliseconds that it has.
    func signIn<R: ~Copyable>(_ body: (ObservedSender, Int64) throws(SignInError) -> R) throws(SignInError) -> R {
        try timed(SignInError.network) { (sender, deadline) throws(SignInError) in
            try body(sender, max(1, deadline - world.timing.uptime()))
        }
    }

    /// Asks the federation endpoint of the console.
    func federation<R: ~Copyable>(
        _ site: ConsoleSite, _ body: (FederationClient) throws(FederationError) -> R
    ) throws(FederationError) -> R {
        try timed(FederationError.network) { (sender, deadline) throws(FederationError) in
            try body(FederationClient(site: site, sender: sender, timing: world.timing, deadline: deadline))
        }
    }

    /// The same as `signIn` during a sign-in, which takes the user's time and not the budget's.
    func unhurried<R: ~Copyable>(_ body: (ObservedSender) throws(SignInError) -> R) throws(SignInError) -> R {
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
            // A frozen container gets no signal that it was stopped.
            if watch.hasDetectedStop || taken > budget + Self.slack { wasStopped = true }
            budget = max(1, budget - taken)
        }
        return try body(sender, start + budget)
    }

    /// The milliseconds by which a busy machine may be late.
    private static let slack: Int64 = 2_000

    private func openSender() throws(TransportError) -> ObservedSender {
        if let sender { return sender }
        let new = try ObservedSender(world, caBundle: caBundle)
        sender = new
        return new
    }
}
