import Glibc
import Linux
import Prompt
import Secrets

/// A place to answer for a process that has no terminal: whoever looks from another terminal of the same user, by
/// `warder mfa`, sees the enquiry and answers it.
///
/// It listens on a socket in the folder of those who wait while an enquiry is open. Whoever has connected stays so from
/// one enquiry to the next, as after a wrong code, until `conclude` or until it goes. Used on one thread.
public final class RemotePrompt: PromptChannel {
    /// Connections at a time at most; of more, the oldest goes.
    static let watcherLimit = 8

    private let folder: PromptFolder?
    private let name: SocketName
    private let process: pid_t
    private let began: Deadline
    private var listener: Listener?
    private var watchers: [WatcherConnection] = []
    /// The one that is open, with its number from 1.
    private var request: PromptRequest?
    private var number = 0
    /// Whose answer was given out last.
    private var answerer: WatcherConnection?
    private var notBefore: Deadline?

    /// When the process gives up waiting, as those who look are told.
    public var deadline: Deadline

    /// Nothing is shown before `open`.
    ///
    /// - Parameters:
    ///   - folder: nil where there is none; then `open` says so.
    ///   - process: this process.
    ///   - began: since when an answer is waited for.
    public init(in folder: PromptFolder?, process: pid_t = getpid(), began: Deadline = .now, until deadline: Deadline) {
        self.folder = folder
        self.process = process
        self.began = began
        self.deadline = deadline
        name = SocketName(process: process, random: .random(in: 0...UInt32.max))
    }

    /// Listens, and asks those who are connected from before.
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

    /// The socket and the connections; none while nothing is asked.
    public var descriptors: [Int32] {
        guard let listener else { return [] }
        return [listener.descriptor] + watchers.map(\.descriptor)
    }

    /// When half a line has been waited for long enough, or at once where a whole one is there already.
    public var wakeup: Deadline? {
        guard listener != nil else { return nil }
        if watchers.contains(where: \.hasLine) { return .now }
        return watchers.compactMap(\.deadline).min()
    }

    /// Takes what was answered, then lets in who is new.
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
        // Last, so that nobody's answer is lost to a newcomer.
        try letIn()
        return nil
    }

    /// Tells the one who answered last; who comes later hears it with the enquiry.
    public func reject(_ note: String, until moment: Deadline?) {
        guard request != nil else { return }
        request?.note = note
        notBefore = moment
        if let answerer, !answerer.say(.rejected(number, note: note, from: moment)) { leave(answerer) }
        answerer = nil
    }

    /// Tells the one who answered last that the answer was taken, and all others that none is wanted any more. Nobody can
    /// connect from here on; who is connected stays so.
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

    /// Tells everybody what came of it, and lets them go.
    ///
    /// - Parameter text: for people, as `prod: session until 20:13`; no secret.
    public func conclude(_ text: String, succeeded: Bool) {
        withdraw()
        tell(.concluded(text, succeeded: succeeded))
        watchers = []
    }

    /// Takes new connections; no more at once than there are places, so that a flood does not hold up anybody.
    private func letIn() throws(PromptChannelError) {
        guard let listener else { return }
        for _ in 0..<Self.watcherLimit {
            let watcher: WatcherConnection?
            do throws(SystemError) {
                guard let socket = try listener.accept() else { return }
                watcher = WatcherConnection(socket, user: geteuid())
            } catch { throw .failed("accept: \(error.reason)") }
            guard let watcher else { continue }
            // Whoever is gone already may have left an answer; that shows when it is listened to.
            _ = watcher.say(.greeting(process: process)) && watcher.say(requestMessage)
            watchers.append(watcher)
            guard watchers.count > Self.watcherLimit, let oldest = watchers.first else { continue }
            _ = oldest.say(.busy)
            leave(oldest)
        }
    }

    /// What an answer is to the one who asked; nil for one that comes too late.
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

/// The socket that others connect to, and its name in the folder; both go with it.
private final class Listener {
    private let socket: UnixSocket
    private let path: String

    /// It appears under its name only when it can be connected to: one that refuses would be taken for a dead one.
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

    // Without a name first: who finds it refusing would take it for one that a dead process left.
    deinit { unlink(path) }

    var descriptor: Int32 { socket.number }

    func accept() throws(SystemError) -> UnixSocket? { try socket.accept() }
}

extension RemotePromptError {
    /// In a few words.
    fileprivate var reason: String {
        switch self {
        case .noRuntimeFolder: "no runtime folder"
        case .folder(.system(let error)) where error.code == ENAMETOOLONG: "the runtime folder's path is too long"
        case .folder(.system(let error)), .watching(let error): error.reason
        case .folder: "the runtime folder is not ours alone"
        }
    }
}
