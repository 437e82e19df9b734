import Glibc
import Linux
import Secrets

/// Supplies the credentials as JSON, and renews them.
public protocol CredentialSupply: AnyObject {
    /// The answer for a request now.
    func supply() -> Supply
    /// The descriptor to poll while a renewal is running; nil if none is.
    var watched: Int32? { get }
    /// Called when `watched` is readable.
    func proceed()
    /// Called at least once a minute.
    func tick()
}

/// The answer to a request.
public enum Supply: ~Copyable {
    /// The credentials, as JSON.
    case credentials(SecretBytes)
    /// A renewal is running; wait until it ends.
    case later
    /// There are none; the reason, as JSON.
    case unavailable(SecretBytes)
}

/// Serves credentials on 127.0.0.1 to the same user's clients that have the token, until a process ends.
///
/// It has one thread, which never waits for a client: a slow client is cut off. When the user's own connections reach
/// their limit, the kernel queues further ones. Other users' connections never count towards that limit.
public final class CredentialServer {
    /// How many connections to accept in one turn, so that existing ones get their turn too.
    private static let handful = 64

    private let socket: ListeningSocket
    private let token: SecretBytes
    private let supply: any CredentialSupply
    private let owners: PeerOwners
    private let room: ConnectionLimits
    private var connections: [Connection] = []
    /// No connections are accepted before this moment, after the process ran out of descriptors.
    private var pause = Deadline.now

    /// - Parameter token: the `Authorization` that a request must have.
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

    /// Serves until the process of `life`, a descriptor from pidfd_open(2), has ended.
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

    /// Whether the same user may have another connection.
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

    /// Other users get a refusal, while they have few connections.
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

    /// Answers the waiting requests if there is an answer, and those whose time is up.
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
