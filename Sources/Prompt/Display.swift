import Glibc
import Linux
import Secrets
import Text

/// A display that the environment names.
enum Display: Equatable {
    /// A local X display, by its number.
    case x(number: String)
    /// A Wayland compositor, by its socket.
    case wayland(path: String)
    /// An X display reached over the network.
    case remote

    /// The displays that the environment names.
    static func named(in environment: Environment) -> [Display] {
        var displays: [Display] = []
        if let name = environment.nonEmpty("WAYLAND_DISPLAY") {
            let folder = RuntimeFolder(environment.nonEmpty("XDG_RUNTIME_DIR")).path.map { $0 + "/" } ?? ""
            displays.append(.wayland(path: name.begins(with: "/") ? name : folder + name))
        }
        if let name = environment.nonEmpty("DISPLAY") { displays.append(Display(x: name)) }
        return displays
    }

    /// `:0`, `:0.0` and `unix:0` are local (X(7)).
    private init(x name: String) {
        let parts = name.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].isEmpty || parts[0].elementsEqual("unix".utf8) else {
            self = .remote
            return
        }
        let number = parts[1].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        self = .x(number: String(decoding: number, as: UTF8.self))
    }

    /// Whether a server is running for it. A slow server counts as running, and so does one that cannot be checked.
    func isServed(until deadline: Deadline) -> Bool {
        switch self {
        case .remote: return true
        case .wayland(let path): return Self.answers(path, Self.sync, until: deadline)
        case .x(let number):
            let path = "/tmp/.X11-unix/X" + number
            // The abstract socket first, as libxcb does.
            return Self.answers("\0" + path, Self.setup, until: deadline)
                || Self.answers(path, Self.setup, until: deadline)
        }
    }

    /// The request that begins a connection: least significant byte first, version 11, without authorization. A refusal
    /// is an answer too (X Window System Protocol, section 8).
    private static let setup: [UInt8] = [0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]

    /// `wl_display.sync` with a new object 2, in the machine's byte order.
    private static var sync: [UInt8] {
        var bytes: [UInt8] = []
        for word: UInt32 in [1, 12 << 16, 2] { withUnsafeBytes(of: word) { bytes += $0 } }
        return bytes
    }

    /// Whether the server at `path` answers or keeps the connection open: one that is shutting down closes it.
    private static func answers(_ path: String, _ greeting: [UInt8], until deadline: Deadline) -> Bool {
        // A server whose backlog is full is running.
        do throws(SystemError) { return talks(try UnixSocket.connect(to: path), greeting, until: deadline) } catch {
            return error.code == EAGAIN
        }
    }

    private static func talks(_ socket: consuming UnixSocket, _ greeting: [UInt8], until deadline: Deadline) -> Bool {
        guard greeting.withUnsafeBytes({ socket.send($0) }) else { return false }
        var answer = SecretBytes(capacity: 1)
        while true {
            wait(for: [socket.number], until: deadline)
            switch socket.receive(into: &answer, limit: 1) {
            case .some: return true
            case .end: return false
            case .none: if deadline.hasPassed { return true }
            }
        }
    }
}
