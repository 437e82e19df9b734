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
/// One thread, which never waits for one client: who is slow is cut off. Where there is no room for more of its own
/// user's connections, the kernel keeps them until there is. Those of other users never take that room.
public final class CredentialServer {
    /// Connections that are taken in one turn at most: those that are here already get their turn too.
    private static let handful = 64

    private let socket: ListeningSocket
    private let token: SecretBytes
    private let supply: any CredentialSupply
    private let owners: PeerOwners
    private let room: ConnectionLimits
    private var connections: [Connection] = []
    /// Until when nobody is taken, as there was no descriptor left.
    private var pause = Deadline.now

    /// - Parameter token: what a request's `Authorization` must be.
    public init(
        _ socket: consuming ListeningSocket, token: consuming SecretBytes, supply: any CredentialSupply,
        owners: PeerOwners = PeerOwners()
    ) {
        self.socket = socket
        self.token = token
        self.supply = supply
        self.owners = owners
        room = ConnectionLimits.ofThisProcess
    }

    /// Serves until the process of `life`, as pidfd_open(2) gives it, has ended.
    public func run(while life: borrowing Descriptor) throws(ServingError) {
        while true {
            var waiting = connections.map { pollfd(fd: $0.socket.number, events: $0.events, revents: 0) }
            let own = waiting.count
            let mayAccept = hasRoom && pause.hasPassed
            for descriptor in [life.number, mayAccept ? socket.number : -1, supply.watched ?? -1] {
                waiting.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            }
            let isBusy = own > 0 || !mayAccept || supply.watched != nil
            if poll(&waiting, nfds_t(waiting.count), isBusy ? 250 : 30_000) < 0 {
                if errno == EINTR { continue }
                throw .waiting(SystemError(call: "poll", path: "127.0.0.1", code: errno))
            }
            if waiting[own].revents != 0 { return }
            if waiting[own + 2].revents != 0 { supply.proceed() }
            let ready = zip(connections, waiting).filter { $0.1.revents != 0 }.map { $0.0 }
            for connection in ready { proceed(connection) }
            if waiting[own + 1].revents != 0 { acceptSome() }
            supply.tick()
            settle()
        }
    }

    /// There is room for one more of the same user's.
    private var hasRoom: Bool { connections.count { $0.owner.isServed } < room.own }

    private func acceptSome() {
        for _ in 0..<Self.handful where hasRoom {
            switch socket.accept() {
            case .connection(let connection): take(connection)
            case .noRoom:
                pause = .after(milliseconds: 100)
                return
            case .nobody: return
            }
        }
    }

    /// Others than those who are served are told so, as long as they are few.
    private func take(_ connection: Connection) {
        connection.owner = owners.owner(ofPort: connection.peerPort, connectedTo: socket.port)
        guard connection.owner.isServed || connections.count(where: { !$0.owner.isServed }) < room.others else {
            return
        }
        connections.append(connection)
    }

    private func proceed(_ connection: Connection) {
        switch connection.proceed() {
        case .none: break
        case .gone: connections.removeAll { $0 === connection }
        case .tooLarge: connection.answer(reply(.tooLarge))
        case .request:
            if let denial = denial(connection) { connection.answer(reply(denial)) } else { connection.wait() }
        }
    }

    private func denial(_ connection: Connection) -> Denial? {
        if let denial = Serving.denial(of: connection.head, port: socket.port, token: token) { return denial }
        return connection.owner.isServed ? nil : .forbidden
    }

    /// Answers those who wait, if there is something for them, and those whose time is over.
    private func settle() {
        if !hasRoom { connections.removeAll { $0.isIdle } }
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
