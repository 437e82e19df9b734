import Foundation

/// A server of the tests' own, in Python, on a free port of this host until it is let go.
///
/// It is started without Foundation's `Process`, which loses children that several threads start at once.
public final class Server: Sendable {
    private let process: pid_t
    /// Its standard input and output; it ends when this does.
    private let connection: FileHandle

    /// Where it listens.
    public let port: Int

    /// Why there can be none; nil where there can.
    public static let missing: String? = programs(["python3", "openssl"]) ? nil : "python3 or openssl is missing"

    /// What can go wrong.
    public enum Failure: Error {
        /// It did not print its port.
        case noPort
        /// A program did not start, or ended with this status of `waitpid`.
        case exit(Int32)
    }

    /// Starts `script`, a file beside this one.
    public init(_ script: String, _ arguments: [String] = []) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: script).path
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Failure.noPort }
        connection = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        process = try Self.spawn([python, path] + arguments, standardInput: ends[1], standardOutput: ends[1])
        close(ends[1])
        let line = String(decoding: connection.availableData, as: UTF8.self).trimmingCharacters(in: .newlines)
        // A port, or a URL that ends with it.
        guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else { throw Failure.noPort }
        self.port = port
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// Its URL.
    public func url(_ path: String, scheme: String = "http", host: String = "127.0.0.1") -> String {
        "\(scheme)://\(host):\(port)\(path)"
    }

    /// Runs a program to its end, without its output.
    public static func run(_ arguments: [String]) throws {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let process = try spawn(arguments, standardInput: null, standardOutput: null, standardError: null)
        var status: Int32 = -1
        guard waitpid(process, &status, 0) == process, status == 0 else { throw Failure.exit(status) }
    }

    private static func spawn(
        _ arguments: [String], standardInput: Int32, standardOutput: Int32, standardError: Int32 = 2
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput, 0)
        posix_spawn_file_actions_adddup2(&actions, standardOutput, 1)
        posix_spawn_file_actions_adddup2(&actions, standardError, 2)
        let words = arguments.map { strdup($0) }
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        let failure = posix_spawnp(&process, arguments[0], &actions, nil, words + [nil], environ)
        guard failure == 0 else { throw Failure.exit(failure) }
        return process
    }

    private static func programs(_ names: [String]) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return names.allSatisfy { name in
            folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
        }
    }
}

/// A certificate for 127.0.0.1 (and not for `localhost`), the authority that signed it, and two others: one of another
/// name, and one of the same name.
public struct Certificates: Sendable {
    /// The folder that holds them.
    public let folder: URL
    /// The certificate that the server shows.
    public var server: String { folder.appending(path: "server.pem").path }
    /// Its key.
    public var key: String { folder.appending(path: "server.key").path }
    /// The authority that signed it.
    public var authority: String { folder.appending(path: "authority.pem").path }
    /// An authority that did not.
    public var stranger: String { folder.appending(path: "stranger.pem").path }

    /// An authority that did not, with the name of the one that did.
    public var namesake: String { folder.appending(path: "namesake.pem").path }

    /// Makes them, in a new folder.
    public init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "warder-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, subject) in [("authority", "authority"), ("stranger", "stranger"), ("namesake", "authority")] {
            try Server.run([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2", "-subj", "/CN=\(subject)", "-keyout", file("\(name).key"), "-out", file("\(name).pem"),
            ])
        }
        // The second line tells which of two authorities of one name has signed it.
        try "subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid:always\n".write(
            toFile: file("names"), atomically: true, encoding: .utf8)
        try Server.run([
            "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=server", "-keyout", key, "-out", file("server.csr"),
        ])
        try Server.run([
            "openssl", "x509", "-req", "-in", file("server.csr"), "-CA", authority, "-CAkey", file("authority.key"),
            "-CAcreateserial", "-days", "2", "-extfile", file("names"), "-out", server,
        ])
    }

    private func file(_ name: String) -> String { folder.appending(path: name).path }
}
