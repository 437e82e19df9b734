import Linux

/// The channels for a request, in the order of the setting's words.
///
/// One channel at a time has the terminal: the first in that order that can be shown there.
///
/// - Parameter remote: the channel for `.remote`; nil to omit it.
public func promptChannels(
    for methods: [PromptMethod], remote: (any PromptChannel)? = nil, in environment: Environment
) -> [any PromptChannel] {
    var channels: [any PromptChannel] = []
    var atTerminal: [any PromptChannel] = []
    var terminalIndex = 0
    for asker in methods {
        switch asker {
        case .terminal:
            if atTerminal.isEmpty { terminalIndex = channels.count }
            atTerminal.append(TerminalChannel())
        case .pinentry(let name):
            let window = PinentryChannel(named: name, at: .display, in: environment)
            channels.append(window)
            // After the window: only then is it known whether the window has found a display.
            if atTerminal.isEmpty { terminalIndex = channels.count }
            atTerminal.append(PinentryChannel(named: name, at: .terminal(unless: window), in: environment))
        case .dialog: channels.append(DialogChannel(in: environment))
        case .remote: if let remote { channels.append(remote) }
        }
    }
    if !atTerminal.isEmpty { channels.insert(FirstAvailableChannel(atTerminal), at: terminalIndex) }
    return channels
}

/// Channels that share one place: the first that can be shown gets it.
final class FirstAvailableChannel: PromptChannel {
    private let candidates: [any PromptChannel]
    private var chosen: (any PromptChannel)?

    init(_ candidates: [any PromptChannel]) { self.candidates = candidates }

    func open(_ request: PromptRequest) throws(PromptChannelError) {
        var reasons: [String] = []
        var isBehind = false
        for candidate in candidates {
            do throws(PromptChannelError) {
                try candidate.open(request)
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
    func proceed() throws(PromptChannelError) -> PromptAnswer? { try chosen?.proceed() }
    func reject(_ note: String, until moment: Deadline?) { chosen?.reject(note, until: moment) }

    func withdraw() {
        chosen?.withdraw()
        chosen = nil
    }
}

extension FirstAvailableChannel: ScrollbackChannel {
    func withdraw(because reason: String) {
        if let place = chosen as? any ScrollbackChannel { place.withdraw(because: reason) } else { chosen?.withdraw() }
        chosen = nil
    }
}
