import Glibc
import Linux
import Prompt
import Secrets

/// The channel for a process without a terminal: the same user sees the request in another terminal, by `warder mfa`,
/// and answers it there.
///
/// It listens on a socket in the `PromptFolder` while a request is open. A connection lasts from one request to the
/// next, as after a wrong code, until `conclude` or until the watcher closes it. Used on one thread.
public final class RemotePrompt: PromptChannel {
    /// The most connections at a time; a further one replaces the oldest.
    static let watcherLimit = 8

    private let folder: PromptFolder?
    private let name: SocketName
    private let process: pid_t
    private let began: Deadline
    private var listener: Listener?
    private var watchers: [WatcherConnection] = []
    /// The open request, numbered from 1.
    private var request: PromptRequest?
    private var number = 0
    /// The watcher whose answer was returned last.
    private var answerer: WatcherConnection?
    private var notBefore: Deadline?

    /// When the process gives up waiting, as watchers are told.
    public var deadline: Deadline

    /// Nothing is shown before `open`.
    ///
    /// - Parameters:
    ///   - folder: nil if there is none; then `open` throws.
    ///   - process: this process.
    ///   - began: when the wait for an answer began.
    public init(in folder: PromptFolder?, process: pid_t = getpid(), began: Deadline = .now, until deadline: Deadline) {
        self.folder = folder
        self.process = process
        self.began = began
        self.deadline = deadline
        name = SocketName(process: process, random: .random(in: 0...UInt32.max))
    }

    /// Listens, and sends the request to watchers that are still connected.
    public func open(_ request: PromptRequest) throws(PromptChannelError) {
        withdraw()
        guard let folder else { throw .unavailable("no runtime folder") }
        do throws(RemotePromptError) { listener = try Listener(name, in: folder) } catch {
            throw .unavailable(error.reason)
        }
        self.request = request
        number += 1
        notBefore = nil
        tell(requestMessage)
    }

    /// The socket and the connections; empty while no request is open.
    public var descriptors: [Int32] {
        guard let listener else { return [] }
        return [listener.descriptor] + watchers.map(\.descriptor)
    }

    /// When an incomplete line times out, or at once if a whole one is buffered.
    public var wakeup: Deadline? {
        guard listener != nil else { return nil }
        if watchers.contains(where: \.hasLine) { return .now }
        return watchers.compactMap(\.deadline).min()
    }

    /// Reads answers, then accepts new connections.
    public func proceed() throws(PromptChannelError) -> PromptAnswer? {
        for watcher in watchers {
            guard watcher.listen() else {
                leave(watcher)
                continue
            }
            while let line = watcher.next() {
                guard let answer = NumberedAnswer(line) else {
                    leave(watcher)
                    break
                }
                let taken = try take(answer, of: watcher)
                if let reply = taken { return reply }
            }
        }
        // Last, so that no answer is lost to a new connection.
        try letIn()
        return nil
    }

    /// Tells the watcher that answered last; later ones see the note with the request.
    public func reject(_ note: String, until moment: Deadline?) {
        guard request != nil else { return }
        request?.note = note
        notBefore = moment
        if let answerer, !answerer.say(.rejected(number, note: note, from: moment)) { leave(answerer) }
        answerer = nil
    }

    /// Tells the watcher that answered last that its answer was taken, and all others that none is needed any more. New
    /// connections are refused from here on; existing ones stay open.
    public func withdraw() {
        listener = nil
        guard request != nil else { return }
        request = nil
        let answerer = answerer
        self.answerer = nil
        for watcher in watchers {
            if !watcher.say(watcher === answerer ? .taken(number) : .withdrawn(number)) { leave(watcher) }
        }
    }

    /// Tells all watchers the outcome, and closes their connections.
    ///
    /// - Parameter text: for people, as `prod: session until 20:13`; not a secret.
    public func conclude(_ text: String, succeeded: Bool) {
        withdraw()
        tell(.concluded(text, succeeded: succeeded))
        watchers = []
    }

    /// Accepts new connections; at most `watcherLimit` at a time, so that a flood does not delay anything else.
    private func letIn() throws(PromptChannelError) {
        guard let listener else { return }
        for _ in 0..<Self.watcherLimit {
            let watcher: WatcherConnection?
            do throws(SystemError) {
                guard let socket = try listener.accept() else { return }
                watcher = WatcherConnection(socket, user: geteuid())
            } catch { throw .failed("accept: \(error.reason)") }
            guard let watcher else { continue }
            // A watcher that has already left may have sent an answer; reading shows that.
            _ = watcher.say(.greeting(process: process)) && watcher.say(requestMessage)
            watchers.append(watcher)
            guard watchers.count > Self.watcherLimit, let oldest = watchers.first else { continue }
            _ = oldest.say(.busy)
            leave(oldest)
        }
    }

    /// Converts a watcher's answer to that of a channel; nil if it comes too late.
    private func take(_ given: consuming NumberedAnswer, of watcher: WatcherConnection) throws(PromptChannelError)
        -> PromptAnswer?
    {
        guard let request, given.number == number else { return nil }
        answerer = watcher
        switch given.take() {
        case .dismissal: throw .dismissed
        case .code(let code): if request.kind == .code { return .code(code) }
        case .yes: if request.kind == .confirmation { return .yes }
        case .no: if request.kind == .confirmation { return .no }
        }
        leave(watcher)
        return nil
    }

    private func leave(_ watcher: WatcherConnection) {
        watchers.removeAll { $0 === watcher }
        if answerer === watcher { answerer = nil }
    }

    private func tell(_ message: Message) {
        for watcher in watchers where !watcher.say(message) { leave(watcher) }
    }

    private var requestMessage: Message {
        .asked(
            number,
            Message.Request(
                kind: request?.kind ?? .code, profile: request?.profile ?? "", device: request?.device,
                caller: request?.caller, note: request?.note,
                since: began, until: deadline, from: notBefore))
    }
}

/// The socket that watchers connect to, and its name in the folder; both are removed with it.
private final class Listener {
    private let socket: UnixSocket
    private let path: String

    /// The socket gets its name only when it accepts connections: one that refuses them looks like a dead process's.
    init(_ name: SocketName, in folder: PromptFolder) throws(RemotePromptError) {
        try folder.make()
        let hidden = name.hiddenPath(in: folder)
        let path = name.path(in: folder)
        do throws(SystemError) {
            socket = try UnixSocket.listen(at: hidden, backlog: 16)
            guard rename(hidden, path) == 0 else { throw SystemError(call: "rename", path: path, code: errno) }
        } catch {
            unlink(hidden)
            throw .folder(.system(error))
        }
        self.path = path
    }

    // Remove the name first: a socket that refuses connections looks like a dead process's.
    deinit { unlink(path) }

    var descriptor: Int32 { socket.number }

    func accept() throws(SystemError) -> UnixSocket? { try socket.accept() }
}

extension RemotePromptError {
    /// A short form of the reason.
    fileprivate var reason: String {
        switch self {
        case .noRuntimeFolder: "no runtime folder"
        case .folder(.system(let error)) where error.code == ENAMETOOLONG: "the runtime folder's path is too long"
        case .folder(.system(let error)), .watching(let error): error.reason
        case .folder: "the runtime folder is not ours alone"
        }
    }
}
