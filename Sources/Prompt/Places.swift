import Linux

/// The places for an enquiry, in the order of the settings' words.
///
/// One contender at a time has the terminal: the first in the order that can be shown there.
///
/// - Parameter handoff: what stands for `.handoff`; nil to leave that out.
public func contenders(
    for askers: [Asker], handoff: (any Contender)? = nil, in environment: Environment
) -> [any Contender] {
    var places: [any Contender] = []
    var atTerminal: [any Contender] = []
    var seat = 0
    for asker in askers {
        switch asker {
        case .terminal:
            if atTerminal.isEmpty { seat = places.count }
            atTerminal.append(TerminalContender())
        case .pinentry(let name):
            let window = PinentryContender(named: name, at: .display, in: environment)
            places.append(window)
            // Behind the window: by then it is known whether that has found a display.
            if atTerminal.isEmpty { seat = places.count }
            atTerminal.append(PinentryContender(named: name, at: .terminal(unless: window), in: environment))
        case .dialog: places.append(DialogContender(in: environment))
        case .handoff: if let handoff { places.append(handoff) }
        }
    }
    if !atTerminal.isEmpty { places.insert(FirstThatOpens(atTerminal), at: seat) }
    return places
}

/// Contenders for one and the same place: the first that can be shown has it.
final class FirstThatOpens: Contender {
    private let candidates: [any Contender]
    private var chosen: (any Contender)?

    init(_ candidates: [any Contender]) { self.candidates = candidates }

    func open(_ enquiry: Enquiry) throws(ContenderError) {
        var reasons: [String] = []
        var isBehind = false
        for candidate in candidates {
            do throws(ContenderError) {
                try candidate.open(enquiry)
                chosen = candidate
                return
            } catch {
                switch error {
                case .dismissed: throw .dismissed
                case .background: isBehind = true
                case .unavailable(let reason), .failed(let reason): reasons.append(reason)
                }
            }
        }
        if isBehind { throw .background }
        throw .unavailable(reasons.joined(separator: ", "))
    }

    var descriptors: [Int32] { chosen?.descriptors ?? [] }
    var wakeup: Deadline? { chosen?.wakeup }
    func proceed() throws(ContenderError) -> Reply? { try chosen?.proceed() }
    func refuse(_ note: String, until moment: Deadline?) { chosen?.refuse(note, until: moment) }

    func withdraw() {
        chosen?.withdraw()
        chosen = nil
    }
}

extension FirstThatOpens: Scrolling {
    func withdraw(because reason: String) {
        if let place = chosen as? any Scrolling { place.withdraw(because: reason) } else { chosen?.withdraw() }
        chosen = nil
    }
}
