import Glibc
import Linux
import Secrets

/// Why a code is rejected.
public struct CodeRejection: Sendable, Equatable {
    /// The reason to show, as `that code was used already`.
    public let note: String
    /// When a code can be of use again; nil for at once.
    public let moment: Deadline?

    /// A rejection for the reason `note`.
    public init(_ note: String, until moment: Deadline? = nil) {
        self.note = note
        self.moment = moment
    }
}

/// Asks through several channels at once; the first complete answer wins, and the request is withdrawn from every other
/// channel.
///
/// Signals that end or stop this process are blocked meanwhile. When one arrives, all channels are withdrawn and the
/// terminal is restored before the signal is delivered; if the process continues, the request is shown again.
///
/// This process must ignore SIGPIPE.
///
/// - Parameters:
///   - channels: in the order in which to open them.
///   - deadline: when to give up.
///   - unwinding: Ctrl-Z throws `.stopped`, and the caller stops the process; otherwise this process stops here.
///   - rejecting: returns why a code of six digits is rejected; nil to accept it.
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

/// One round, from opening all channels to withdrawing them.
private struct PromptRound {
    enum Result: ~Copyable {
        case answered(PromptAnswer)
        case failed(PromptError)
        /// A signal is pending.
        case interrupted
    }

    private let request: PromptRequest
    private var openChannels: [any PromptChannel] = []
    /// Channels that need this process in the terminal's foreground, and when to try them again.
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

    /// Returns true if the user dismissed the request.
    private mutating func open(_ channel: any PromptChannel) -> Bool {
        do throws(PromptChannelError) {
            try channel.open(request)
            openChannels.append(channel)
            return false
        } catch { return note(error, of: channel) }
    }

    /// Retries the channels that need the foreground; returns true if the user dismissed the request there.
    private mutating func lookAgain() -> Bool {
        guard !openChannels.isEmpty, !backgroundChannels.isEmpty, nextLook.hasPassed else { return false }
        let those = backgroundChannels
        backgroundChannels = []
        nextLook = .after(milliseconds: 500)
        for channel in those where open(channel) { return true }
        return false
    }

    /// Records why a channel is out; returns true if the user dismissed the request, which ends it for all channels.
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

    /// Waits until something happens; returns the channels that are ready to proceed.
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

    /// The answer, reduced to six digits for a code; nil if it was rejected.
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

    /// Withdraws the request from all channels, the winner's last, since the winner shows nothing any more.
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

/// A channel whose withdrawn request stays on screen, so that the reason can be shown with it.
protocol ScrollbackChannel: PromptChannel {
    /// As `withdraw`; the reason reads like `answered elsewhere`.
    func withdraw(because reason: String)
}
