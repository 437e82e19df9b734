import Glibc
import Linux
import Secrets

/// Why a code that was given is not taken.
public struct Refusal: Sendable, Equatable {
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
///   - contenders: the places, in the order in which they are opened.
///   - deadline: when nobody is waited for any more.
///   - unwinding: Ctrl-Z is `.stopped`, and the caller's to follow; else this process stops here.
///   - taking: looks at a code of six digits before it wins; nil takes it.
/// - Returns: `.code` with exactly six digits for a code, `.yes` or `.no` for a confirmation.
public func race(
    _ enquiry: Enquiry, among contenders: [any Contender], until deadline: Deadline, unwinding: Bool = false,
    taking: (borrowing SecretBytes) -> Refusal? = { _ in nil }
) throws(EnquiryError) -> Reply {
    while true {
        let signals = HeldSignals()
        var heat = Heat(of: enquiry)
        let result = heat.run(contenders, signals, until: deadline, taking: taking)
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
private struct Heat {
    enum Result: ~Copyable {
        case answered(Reply)
        case failed(EnquiryError)
        /// A signal waits to be let go.
        case interrupted
    }

    private let enquiry: Enquiry
    private var entrants: [any Contender] = []
    /// Those that have no place as long as this process is in the background, and when that is looked at again.
    private var resting: [any Contender] = []
    private var nextLook = Deadline.now
    private var reasons: [String] = []

    init(of enquiry: Enquiry) { self.enquiry = enquiry }

    mutating func run(
        _ contenders: [any Contender], _ signals: borrowing HeldSignals, until deadline: Deadline,
        taking: (borrowing SecretBytes) -> Refusal?
    ) -> Result {
        for contender in contenders where !signals.areWaiting {
            if open(contender) { return dismissed() }
        }
        while true {
            if lookAgain() { return dismissed() }
            if signals.areWaiting { return interrupted() }
            if entrants.isEmpty { return .failed(.nowhere(reasons)) }
            if deadline.hasPassed { return timedOut() }
            for contender in wait(signals, until: deadline) {
                do throws(ContenderError) {
                    guard let reply = try contender.proceed() else { continue }
                    guard let answer = accept(reply, of: contender, taking) else { continue }
                    withdraw(winner: contender, because: "answered elsewhere")
                    return .answered(answer)
                } catch {
                    drop(contender)
                    if note(error, of: contender) { return dismissed() }
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
    private mutating func open(_ contender: any Contender) -> Bool {
        do throws(ContenderError) {
            try contender.open(enquiry)
            entrants.append(contender)
            return false
        } catch { return note(error, of: contender) }
    }

    /// Whether this process has come to the front meanwhile: true where somebody said no there.
    private mutating func lookAgain() -> Bool {
        guard !entrants.isEmpty, !resting.isEmpty, nextLook.hasPassed else { return false }
        let those = resting
        resting = []
        nextLook = .after(milliseconds: 500)
        for contender in those where open(contender) { return true }
        return false
    }

    /// Keeps the reason why a contender is out; true where somebody said no, so that all are.
    private mutating func note(_ error: ContenderError, of contender: any Contender) -> Bool {
        switch error {
        case .dismissed: return true
        case .background:
            resting.append(contender)
            let reason = "in the background of the terminal"
            if !reasons.contains(reason) { reasons.append(reason) }
        case .unavailable(let reason), .failed(let reason): reasons.append(reason)
        }
        return false
    }

    private mutating func drop(_ contender: any Contender) {
        contender.withdraw()
        entrants.removeAll { $0 === contender }
    }

    /// Waits until something happens; those that are to proceed.
    private func wait(_ signals: borrowing HeldSignals, until deadline: Deadline) -> [any Contender] {
        var waiting = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
        var owners: [any Contender] = []
        var earliest = resting.isEmpty ? deadline : min(deadline, nextLook)
        for contender in entrants {
            for number in contender.descriptors {
                waiting.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0))
                owners.append(contender)
            }
            if let wakeup = contender.wakeup { earliest = min(earliest, wakeup) }
        }
        let ready = poll(&waiting, nfds_t(waiting.count), Int32(clamping: earliest.remaining))
        if ready < 0 || waiting[0].revents != 0 { return [] }
        let reached = zip(owners, waiting.dropFirst()).filter { $0.1.revents != 0 }.map(\.0)
        return entrants.filter { contender in
            contender.wakeup?.hasPassed == true || reached.contains { $0 === contender }
        }
    }

    /// The reply, with the six digits of a code; nil where it was refused.
    private func accept(
        _ reply: consuming Reply, of contender: any Contender, _ taking: (borrowing SecretBytes) -> Refusal?
    ) -> Reply? {
        switch consume reply {
        case .code(let typed):
            guard enquiry.kind == .code, let digits = sixDigits(of: typed) else { break }
            guard let refusal = taking(digits) else { return .code(digits) }
            contender.refuse(refusal.note, until: refusal.moment)
            return nil
        case .yes: if enquiry.kind == .confirmation { return .yes }
        case .no: if enquiry.kind == .confirmation { return .no }
        }
        contender.refuse(enquiry.slip, until: nil)
        return nil
    }

    /// Takes all places down; the winner's last, for it shows nothing any more.
    private mutating func withdraw(winner: (any Contender)? = nil, because reason: String? = nil) {
        for contender in entrants where contender !== winner {
            if let reason, let place = contender as? any Scrolling {
                place.withdraw(because: reason)
            } else {
                contender.withdraw()
            }
        }
        winner?.withdraw()
        entrants = []
    }
}

/// A place where an enquiry that is taken away stays to be seen, so that it can be said why.
protocol Scrolling: Contender {
    /// As `withdraw`; the reason is as `answered elsewhere`.
    func withdraw(because reason: String)
}
