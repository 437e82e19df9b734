import Glibc
import Linux
import Secrets

/// Why a code that was given is not taken.
public struct CodeRejection: Sendable, Equatable {
    /// What is told, as `that code was used already`.
    public let note: String
    /// No code is of use before it; nil for at once.
    public let moment: Deadline?

    /// Puts both together.
    public init(_ note: String, until moment: Deadline? = nil) {
        self.note = note
        self.moment = moment
    }
}

/// Asks in several places at once; the first whole answer is the answer, and every other place is taken down.
///
/// Signals that end or stop this process are held back meanwhile. When one comes, all places are taken down and the
/// terminal is as it was before it is let go; if the process goes on, the enquiry is shown again.
///
/// This process must ignore SIGPIPE.
///
/// - Parameters:
///   - channels: the places, in the order in which they are opened.
///   - deadline: when nobody is waited for any more.
///   - unwinding: Ctrl-Z is `.stopped`, and the caller's to follow; else this process stops here.
///   - taking: looks at a code of six digits before it wins; nil takes it.
/// - Returns: `.code` with exactly six digits for a code, `.yes` or `.no` for a confirmation.
public func firstAnswer(
    to request: PromptRequest, from channels: [any PromptChannel], until deadline: Deadline, unwinding: Bool = false,
    rejecting: (borrowing SecretBytes) -> CodeRejection? = { _ in nil }
) throws(PromptError) -> PromptAnswer {
    while true {
        let signals = BlockedSignals()
        var round = PromptRound(of: request)
        let result = round.run(channels, signals, until: deadline, rejecting: rejecting)
        switch consume result {
        case .answered(let reply):
            signals.release()
            return reply
        case .failed(let error):
            signals.release()
            throw error
        case .interrupted:
            let isToStop = unwinding && signals.takeStop()
            signals.release()
            if isToStop { throw .stopped }
        }
    }
}

/// One run, from the opening of all places until they are taken down.
private struct PromptRound {
    enum Result: ~Copyable {
        case answered(PromptAnswer)
        case failed(PromptError)
        /// A signal waits to be let go.
        case interrupted
    }

    private let request: PromptRequest
    private var openChannels: [any PromptChannel] = []
    /// Those that have no place as long as this process is in the background, and when that is looked at again.
    private var backgroundChannels: [any PromptChannel] = []
    private var nextLook = Deadline.now
    private var reasons: [String] = []

    init(of request: PromptRequest) { self.request = request }

    mutating func run(
        _ channels: [any PromptChannel], _ signals: borrowing BlockedSignals, until deadline: Deadline,
        rejecting: (borrowing SecretBytes) -> CodeRejection?
    ) -> Result {
        for channel in channels where !signals.arePending {
            if open(channel) { return dismissed() }
        }
        while true {
            if lookAgain() { return dismissed() }
            if signals.arePending { return interrupted() }
            if openChannels.isEmpty { return .failed(.nowhere(reasons)) }
            if deadline.hasPassed { return timedOut() }
            for channel in wait(signals, until: deadline) {
                do throws(PromptChannelError) {
                    guard let reply = try channel.proceed() else { continue }
                    guard let answer = accept(reply, of: channel, rejecting) else { continue }
                    withdraw(winner: channel, because: "answered elsewhere")
                    return .answered(answer)
                } catch {
                    drop(channel)
                    if note(error, of: channel) { return dismissed() }
                }
            }
        }
    }

    private mutating func dismissed() -> Result {
        withdraw(because: "dismissed elsewhere")
        return .failed(.dismissed)
    }

    private mutating func interrupted() -> Result {
        withdraw()
        return .interrupted
    }

    private mutating func timedOut() -> Result {
        withdraw()
        return .failed(.timedOut)
    }

    /// True where somebody said no.
    private mutating func open(_ channel: any PromptChannel) -> Bool {
        do throws(PromptChannelError) {
            try channel.open(request)
            openChannels.append(channel)
            return false
        } catch { return note(error, of: channel) }
    }

    /// Whether this process has come to the front meanwhile: true where somebody said no there.
    private mutating func lookAgain() -> Bool {
        guard !openChannels.isEmpty, !backgroundChannels.isEmpty, nextLook.hasPassed else { return false }
        let those = backgroundChannels
        backgroundChannels = []
        nextLook = .after(milliseconds: 500)
        for channel in those where open(channel) { return true }
        return false
    }

    /// Keeps the reason why a contender is out; true where somebody said no, so that all are.
    private mutating func note(_ error: PromptChannelError, of channel: any PromptChannel) -> Bool {
        switch error {
        case .dismissed: return true
        case .background:
            backgroundChannels.append(channel)
            let reason = "in the background of the terminal"
            if !reasons.contains(reason) { reasons.append(reason) }
        case .unavailable(let reason), .failed(let reason): reasons.append(reason)
        }
        return false
    }

    private mutating func drop(_ channel: any PromptChannel) {
        channel.withdraw()
        openChannels.removeAll { $0 === channel }
    }

    /// Waits until something happens; those that are to proceed.
    private func wait(_ signals: borrowing BlockedSignals, until deadline: Deadline) -> [any PromptChannel] {
        var waiting = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
        var owners: [any PromptChannel] = []
        var earliest = backgroundChannels.isEmpty ? deadline : min(deadline, nextLook)
        for channel in openChannels {
            for number in channel.descriptors {
                waiting.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0))
                owners.append(channel)
            }
            if let wakeup = channel.wakeup { earliest = min(earliest, wakeup) }
        }
        let ready = poll(&waiting, nfds_t(waiting.count), Int32(clamping: earliest.remaining))
        if ready < 0 || waiting[0].revents != 0 { return [] }
        let reached = zip(owners, waiting.dropFirst()).filter { $0.1.revents != 0 }.map(\.0)
        return openChannels.filter { channel in
            channel.wakeup?.hasPassed == true || reached.contains { $0 === channel }
        }
    }

    /// The reply, with the six digits of a code; nil where it was refused.
    private func accept(
        _ reply: consuming PromptAnswer, of channel: any PromptChannel,
        _ rejecting: (borrowing SecretBytes) -> CodeRejection?
    ) -> PromptAnswer? {
        switch consume reply {
        case .code(let typed):
            guard request.kind == .code, let digits = sixDigits(of: typed) else { break }
            guard let rejection = rejecting(digits) else { return .code(digits) }
            channel.reject(rejection.note, until: rejection.moment)
            return nil
        case .yes: if request.kind == .confirmation { return .yes }
        case .no: if request.kind == .confirmation { return .no }
        }
        channel.reject(request.slip, until: nil)
        return nil
    }

    /// Takes all places down; the winner's last, for it shows nothing any more.
    private mutating func withdraw(winner: (any PromptChannel)? = nil, because reason: String? = nil) {
        for channel in openChannels where channel !== winner {
            if let reason, let place = channel as? any ScrollbackChannel {
                place.withdraw(because: reason)
            } else {
                channel.withdraw()
            }
        }
        winner?.withdraw()
        openChannels = []
    }
}

/// A place where an enquiry that is taken away stays to be seen, so that it can be said why.
protocol ScrollbackChannel: PromptChannel {
    /// As `withdraw`; the reason is as `answered elsewhere`.
    func withdraw(because reason: String)
}
