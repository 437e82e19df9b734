import Foundation
import Linux
import Synchronization

@testable import Desktop

/// A program of the tests' own, until it is let go.
final class Program: Sendable {
    let number: pid_t
    private let isOver = Atomic(false)

    /// Starts it; `input` is all that it gets to read, `output` is where it writes.
    init(_ arguments: [String], _ environment: [String: String], input: String = "", output: Int32? = nil) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failure(what: "socketpair", code: errno)
        }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, output ?? null, 1)
        posix_spawn_file_actions_adddup2(&actions, null, 2)
        // The threads that run tests block SIGCHLD, which a bus needs.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = arguments.map { strdup($0) }
        let settings = environment.map { strdup("\($0.key)=\($0.value)") }
        var process: pid_t = 0
        let failure = posix_spawnp(&process, arguments[0], &actions, &attributes, words + [nil], settings + [nil])
        (words + settings).forEach { free($0) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        close(ends[1])
        close(null)
        _ = input.withCString { send(ends[0], $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        close(ends[0])
        guard failure == 0 else { throw Failure(what: arguments[0], code: failure) }
        number = process
    }

    deinit {
        if isOver.load(ordering: .relaxed) { return }
        kill(number, SIGKILL)
        waitpid(number, nil, 0)
    }

    func signal(_ signal: Int32) { kill(number, signal) }

    /// Waits for its end and gives its status.
    func end() -> Int32 {
        var status: Int32 = -1
        waitpid(number, &status, 0)
        isOver.store(true, ordering: .relaxed)
        return status
    }
}

struct Failure: Error {
    let what: String
    let code: Int32
}

/// A session bus of the test's own, with a throwaway home, and what serves secrets there.
final class PrivateBus {
    /// Why there can be none; nil where there can.
    static let missing: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let wanted = ["dbus-daemon", "gnome-keyring-daemon", "secret-tool", "gdbus"]
        let missing = wanted.filter { name in
            !folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
        }
        return missing.isEmpty ? nil : "not installed: " + missing.joined(separator: ", ")
    }()

    /// Why there can be no service of the tests' own; nil where there can.
    static let missingPython: String? = {
        let python = try? Program(["/usr/bin/python3", "-c", "import dbus, gi"], ["PATH": "/usr/bin:/bin"])
        return python?.end() == 0 ? nil : "not installed: python3-dbus and python3-gi"
    }()

    let folder: URL
    let daemon: Program
    private(set) var service: Program?
    var address: String { "unix:path=" + folder.appending(path: "bus").path }
    var environment: [String: String] {
        [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "XDG_DATA_HOME": folder.path,
            "XDG_RUNTIME_DIR": folder.path, "DBUS_SESSION_BUS_ADDRESS": address, "LC_ALL": "C.UTF-8",
        ]
    }

    /// Starts a bus; `activation` is what it starts for the one who calls the Secret Service.
    init(activation: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "warder-bus-\(UUID().uuidString.prefix(8))")
        let services = folder.appending(path: "services")
        try FileManager.default.createDirectory(at: services, withIntermediateDirectories: true)
        if let activation {
            let service = "[D-BUS Service]\nName=org.freedesktop.secrets\nExec=\(activation)\n"
            try service.write(to: services.appending(path: "s.service"), atomically: true, encoding: .utf8)
        }
        let configuration = folder.appending(path: "bus.conf")
        try """
        <busconfig><type>session</type><listen>unix:path=\(folder.path)/bus</listen>
        <servicedir>\(services.path)</servicedir><policy context="default"><allow send_destination="*"/>
        <allow receive_sender="*"/><allow own="*"/></policy></busconfig>
        """.write(to: configuration, atomically: true, encoding: .utf8)
        daemon = try Program(
            ["dbus-daemon", "--config-file=\(configuration.path)", "--nofork"], ["PATH": "/usr/bin:/bin"])
        let bus = folder.appending(path: "bus").path
        // Its socket is there before it listens.
        try wait {
            do throws(SystemError) { _ = try UnixSocket.connect(to: bus) } catch { return false }
            return true
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Starts gnome-keyring with an unlocked login keyring that already holds `count` items of other programs.
    static func withKeyring(holding count: Int = 0) throws -> PrivateBus {
        let bus = try PrivateBus()
        if count > 0 { try bus.fillKeyring(count) }
        bus.service = try Program(
            [
                "gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground",
                "--control-directory=\(bus.folder.path)/control",
            ], bus.environment, input: "sesame")
        try bus.wait { (try? bus.client().isUnlocked()) == true }
        return bus
    }

    /// Writes the login keyring as plain text, which gnome-keyring encrypts when it unlocks it. If the items were
    /// stored one at a time, gnome-keyring would write the whole file for each.
    private func fillKeyring(_ count: Int) throws {
        let keyrings = folder.appending(path: "keyrings")
        try FileManager.default.createDirectory(at: keyrings, withIntermediateDirectories: true)
        var text = "[keyring]\ndisplay-name=login\nctime=0\nmtime=0\nlock-on-idle=false\nlock-after=false\n"
        for number in 1...count {
            text += "\n[\(number)]\nitem-type=0\ndisplay-name=l\(number)\nsecret=\(number)\nmtime=0\nctime=0\n"
            for (index, (name, value)) in [("kind", "x"), ("number", String(number))].enumerated() {
                text += "\n[\(number):attribute\(index)]\nname=\(name)\ntype=string\nvalue=\(value)\n"
            }
        }
        try text.write(to: keyrings.appending(path: "login.keyring"), atomically: true, encoding: .utf8)
    }

    /// Starts the service of the tests' own, which behaves as `mode` says.
    static func withFake(_ mode: String) throws -> PrivateBus {
        let bus = try PrivateBus()
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "fake_service.py").path
        bus.service = try Program(
            ["/usr/bin/python3", "-B", script, mode, bus.callsFile], bus.environment)
        let calls = bus.callsFile
        try bus.wait { FileManager.default.fileExists(atPath: calls) }
        return bus
    }

    var callsFile: String { folder.appending(path: "calls").path }

    /// The methods of the fake that were called.
    var calls: [String] {
        let text = (try? String(contentsOfFile: callsFile, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    func client(_ dialogs: DialogPolicy = .never, milliseconds: Int64 = 60_000) -> SecretService {
        SecretService(
            busAddress: address, runtimeFolder: nil, dialogs: dialogs, until: .after(milliseconds: milliseconds))
    }

    /// Runs a program on the bus to its end, and gives what it wrote.
    @discardableResult
    func run(_ arguments: [String], input: String = "") throws -> String {
        let file = folder.appending(path: "output").path
        let output = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(output) }
        let status = try Program(arguments, environment, input: input, output: output).end()
        guard status == 0 else { throw Failure(what: arguments.joined(separator: " "), code: status) }
        return try String(contentsOfFile: file, encoding: .utf8)
    }

    func lock() throws {
        let path = "/org/freedesktop/secrets"
        try run([
            "gdbus", "call", "--session", "-d", "org.freedesktop.secrets", "-o", path, "-m",
            "org.freedesktop.Secret.Service.Lock", "['\(path)/collection/login']",
        ])
    }

    func wait(_ condition: () -> Bool) throws {
        let limit = Deadline.after(milliseconds: 60_000)
        while !limit.hasPassed {
            if condition() { return }
            usleep(10_000)
        }
        throw Failure(what: "nothing came", code: 0)
    }
}
