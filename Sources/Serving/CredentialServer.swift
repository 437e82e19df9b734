import Glibc
import Linux
import Secrets

/// What is served: the JSON of credentials, and how to come by it.
public protocol CredentialSupply: AnyObject {
    /// What a request is to be told now.
    func supply() -> Supply
    /// What to watch while a renewal is under way; nil where none is.
    var watched: Int32? { get }
    /// There is something to read there.
    func proceed()
    /// Called at least once a minute.
    func tick()
}

/// What there is for a request.
public enum Supply: ~Copyable {
    /// The credentials, as JSON.
    case credentials(SecretBytes)
    /// A renewal is under way, and there is nothing until then.
    case later
    /// There are none; why, as JSON.
    case unavailable(SecretBytes)
}

/// Serves credentials on 127.0.0.1 to whoever has the token and is the same user, until a process ends.
///
/// One thread, which never waits for one client: who is slow is cut off, and of too many the oldest goes.
public final class CredentialServer {
    /// Connections at a time at most.
    static let connectionLimit = 128

    private let socket: ListeningSocket
    private let token: SecretBytes
    private let supply: any CredentialSupply
    private let owner: @Sendable (UInt16, UInt16) -> PeerOwner
    private var connections: [Connection] = []

    /// - Parameters:
    ///   - token: what a request's `Authorization` must be.
    ///   - owner: who has the socket at the given port that is connected to the second one.
    public init(
        _ socket: consuming ListeningSocket, token: consuming SecretBytes, supply: any CredentialSupply,
        owner: @escaping @Sendable (UInt16, UInt16) -> PeerOwner = PeerOwner.ofSystem
    ) {
        self.socket = socket
        self.token = token
        self.supply = supply
        self.owner = owner
    }

    /// Serves until the process of `life`, as pidfd_open(2) gives it, has ended.
    public func run(while life: borrowing Descriptor) throws(ServingError) {
        while true {
            var waiting = connections.map { pollfd(fd: $0.socket.number, events: $0.events, revents: 0) }
            let own = waiting.count
            for descriptor in [life.number, socket.number, supply.watched ?? -1] {
                waiting.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            }
            let isBusy = own > 0 || supply.watched != nil
            if poll(&waiting, nfds_t(waiting.count), isBusy ? 250 : 30_000) < 0 {
                if errno == EINTR { continue }
                throw .waiting(SystemError(call: "poll", path: "127.0.0.1", code: errno))
            }
            if waiting[own].revents != 0 { return }
            if waiting[own + 2].revents != 0 { supply.proceed() }
            let ready = zip(connections, waiting).filter { $0.1.revents != 0 }.map { $0.0 }
            for connection in ready { proceed(connection) }
            if waiting[own + 1].revents != 0 { acceptAll() }
            supply.tick()
            settle()
        }
    }

    private func acceptAll() {
        while true {
            switch socket.accept() {
            case .connection(let connection):
                if connections.count == Self.connectionLimit { makeRoom() }
                connections.append(connection)
            case .noRoom: return makeRoom()
            case .nobody: return
            }
        }
    }

    /// Lets one connection go, rather one that has not even asked.
    private func makeRoom() {
        guard !connections.isEmpty else { return Linux.sleep(milliseconds: 10) }
        connections.remove(at: connections.firstIndex { $0.stage == .reading } ?? 0)
    }

    private func proceed(_ connection: Connection) {
        switch connection.proceed() {
        case .none: break
        case .gone: connections.removeAll { $0 === connection }
        case .tooLarge: connection.answer(reply(.tooLarge))
        case .request:
            if let denial = judge(connection) { connection.answer(reply(denial)) } else { connection.wait() }
        }
    }

    private func judge(_ connection: Connection) -> Denial? {
        if let denial = Serving.judge(connection.head, port: socket.port, token: token) { return denial }
        return owner(connection.peerPort, socket.port).isServed ? nil : .forbidden
    }

    /// Answers those who wait, if there is something for them, and those whose time is over.
    private func settle() {
        for connection in connections {
            if connection.stage == .waiting { serve(connection) }
            guard connection.isLate else { continue }
            if connection.stage == .reading {
                connection.answer(reply(.late))
            } else {
                connections.removeAll { $0 === connection }
            }
        }
    }

    private func serve(_ connection: Connection) {
        switch supply.supply() {
        case .credentials(let body): connection.answer(reply(200, body))
        case .unavailable(let body): connection.answer(reply(503, body))
        case .later: break
        }
    }
}
