import Glibc
import Linux
import Prompt
import Secrets

/// A place to answer for a process that has no terminal: whoever looks from another terminal of the same user, by
/// `warder mfa`, sees the enquiry and answers it.
///
/// It listens on a socket in the folder of those who wait while an enquiry is open. Whoever has connected stays so from
/// one enquiry to the next, as after a wrong code, until `conclude` or until it goes. Used on one thread.
public final class HandOff: Contender {
    /// Connections at a time at most; of more, the oldest goes.
    static let visitorLimit = 8

    private let folder: AskingFolder?
    private let name: SocketName
    private let process: pid_t
    private let began: Deadline
    private var listener: Listener?
    private var visitors: [Visitor] = []
    /// The one that is open, with its number from 1.
    private var enquiry: Enquiry?
    private var number = 0
    /// Whose answer was given out last.
    private var answerer: Visitor?
    private var notBefore: Deadline?

    /// When the process gives up waiting, as those who look are told.
    public var deadline: Deadline

    /// Nothing is shown before `open`.
    ///
    /// - Parameters:
    ///   - folder: nil where there is none; then `open` says so.
    ///   - process: this process.
    ///   - began: since when an answer is waited for.
    public init(in folder: AskingFolder?, process: pid_t = getpid(), began: Deadline = .now, until deadline: Deadline) {
        self.folder = folder
        self.process = process
        self.began = began
        self.deadline = deadline
        name = SocketName(process: process, random: .random(in: 0...UInt32.max))
    }

    /// Listens, and asks those who are connected from before.
    public func open(_ enquiry: Enquiry) throws(ContenderError) {
        withdraw()
        guard let folder else { throw .unavailable("no runtime folder") }
        do throws(HandOffError) { listener = try Listener(name, in: folder) } catch {
            throw .unavailable(error.reason)
        }
        self.enquiry = enquiry
        number += 1
        notBefore = nil
        tell(question)
    }

    /// The socket and the connections; none while nothing is asked.
    public var descriptors: [Int32] {
        guard let listener else { return [] }
        return [listener.descriptor] + visitors.map(\.descriptor)
    }

    /// When half a line has been waited for long enough, or at once where a whole one is there already.
    public var wakeup: Deadline? {
        guard listener != nil else { return nil }
        if visitors.contains(where: \.hasLine) { return .now }
        return visitors.compactMap(\.deadline).min()
    }

    /// Takes what was answered, then lets in who is new.
    public func proceed() throws(ContenderError) -> Reply? {
        for visitor in visitors {
            guard visitor.listen() else {
                leave(visitor)
                continue
            }
            while let line = visitor.next() {
                guard let answer = NumberedAnswer(line) else {
                    leave(visitor)
                    break
                }
                let taken = try take(answer, of: visitor)
                if let reply = taken { return reply }
            }
        }
        // Last, so that nobody's answer is lost to a newcomer.
        try letIn()
        return nil
    }

    /// Tells the one who answered last; who comes later hears it with the enquiry.
    public func refuse(_ note: String, until moment: Deadline?) {
        guard enquiry != nil else { return }
        enquiry?.note = note
        notBefore = moment
        if let answerer, !answerer.say(.refused(number, note: note, from: moment)) { leave(answerer) }
        answerer = nil
    }

    /// Tells the one who answered last that the answer was taken, and all others that none is wanted any more. Nobody can
    /// connect from here on; who is connected stays so.
    public func withdraw() {
        listener = nil
        guard enquiry != nil else { return }
        enquiry = nil
        let answerer = answerer
        self.answerer = nil
        for visitor in visitors {
            if !visitor.say(visitor === answerer ? .taken(number) : .withdrawn(number)) { leave(visitor) }
        }
    }

    /// Tells everybody what came of it, and lets them go.
    ///
    /// - Parameter text: for people, as `prod: session until 20:13`; no secret.
    public func conclude(_ text: String, succeeded: Bool) {
        withdraw()
        tell(.concluded(text, succeeded: succeeded))
        visitors = []
    }

    /// Takes new connections; no more at once than there are places, so that a flood does not hold up anybody.
    private func letIn() throws(ContenderError) {
        guard let listener else { return }
        for _ in 0..<Self.visitorLimit {
            let visitor: Visitor?
            do throws(SystemError) {
                guard let socket = try listener.accept() else { return }
                visitor = Visitor(socket, user: geteuid())
            } catch { throw .failed("accept: \(error.reason)") }
            guard let visitor else { continue }
            // Whoever is gone already may have left an answer; that shows when it is listened to.
            _ = visitor.say(.greeting(process: process)) && visitor.say(question)
            visitors.append(visitor)
            guard visitors.count > Self.visitorLimit, let oldest = visitors.first else { continue }
            _ = oldest.say(.busy)
            leave(oldest)
        }
    }

    /// What an answer is to the one who asked; nil for one that comes too late.
    private func take(_ given: consuming NumberedAnswer, of visitor: Visitor) throws(ContenderError) -> Reply? {
        guard let enquiry, given.number == number else { return nil }
        answerer = visitor
        switch given.take() {
        case .dismissal: throw .dismissed
        case .code(let code): if enquiry.kind == .code { return .code(code) }
        case .yes: if enquiry.kind == .confirmation { return .yes }
        case .no: if enquiry.kind == .confirmation { return .no }
        }
        leave(visitor)
        return nil
    }

    private func leave(_ visitor: Visitor) {
        visitors.removeAll { $0 === visitor }
        if answerer === visitor { answerer = nil }
    }

    private func tell(_ message: Message) {
        for visitor in visitors where !visitor.say(message) { leave(visitor) }
    }

    private var question: Message {
        .asked(
            number,
            Message.Question(
                kind: enquiry?.kind ?? .code, profile: enquiry?.profile ?? "", device: enquiry?.device,
                caller: enquiry?.caller, note: enquiry?.note,
                since: began, until: deadline, from: notBefore))
    }
}

/// The socket that others connect to, and its name in the folder; both go with it.
private final class Listener {
    private let socket: LocalSocket
    private let path: String

    /// It appears under its name only when it can be connected to: one that refuses would be taken for a dead one.
    init(_ name: SocketName, in folder: AskingFolder) throws(HandOffError) {
        try folder.make()
        let hidden = name.hiddenPath(in: folder)
        let path = name.path(in: folder)
        do throws(SystemError) {
            socket = try LocalSocket.listen(at: hidden, backlog: 16)
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

    func accept() throws(SystemError) -> LocalSocket? { try socket.accept() }
}

extension HandOffError {
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
