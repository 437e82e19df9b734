import Foundation
import Linux
import Testing

/// A folder of processes such as the kernel shows.
private final class Processes {
    let path = NSTemporaryDirectory() + "warder-proc-" + UUID().uuidString.prefix(8)

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// - Parameter link: what stands behind `exe` and `cwd`; nil where they cannot be read.
    func add(
        _ number: Int, parent: Int, name: String, arguments: [String], executable: String?, folder: String? = "/",
        started: UInt64 = 100
    ) throws {
        let own = path + "/\(number)"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        let fields = ["S", "\(parent)"] + Array(repeating: "0", count: 17) + ["\(started)", "1", "2"]
        try "\(number) (\(name)) \(fields.joined(separator: " "))\n"
            .write(toFile: own + "/stat", atomically: false, encoding: .utf8)
        try (arguments.joined(separator: "\0") + "\0")
            .write(toFile: own + "/cmdline", atomically: false, encoding: .utf8)
        if let executable { symlink(executable, own + "/exe") }
        if let folder { symlink(folder, own + "/cwd") }
    }
}

@Suite("Who asks")
struct CallerTests {
    private let processes = Processes()

    private func caller(under parent: Int) throws -> Caller? {
        try processes.add(
            500, parent: parent, name: "warder", arguments: ["warder"], executable: "/usr/bin/warder")
        return Caller(of: 500, in: processes.path)
    }

    @Test("the parent, with its folder")
    func parent() throws {
        try processes.add(
            4711, parent: 9, name: "terraform", arguments: ["terraform", "plan"], executable: "/usr/bin/terraform",
            folder: "/home/alice/infra", started: 77)
        let caller = try #require(try caller(under: 4711))
        #expect(caller.process == 4711 && caller.started == 77 && caller.executable == "/usr/bin/terraform")
        #expect(caller.description(home: "/home/alice") == "terraform (4711) in ~/infra")
        #expect(caller.description(home: "/home/al") == "terraform (4711) in /home/alice/infra")
        #expect(caller.description(home: nil) == "terraform (4711) in /home/alice/infra")
        #expect(caller.description(home: "/home/alice/infra") == "terraform (4711) in ~")
    }

    @Test(
        "shells that run a command stand for the one who started them, and so does warder",
        arguments: [
            ("sh", ["sh", "-c", "warder process prod"], "/usr/bin/dash", true),
            ("bash", ["/bin/bash", "-lc", "warder process prod"], "/usr/bin/bash", true),
            ("zsh", ["zsh", "-c", "warder"], "/bin/zsh", true),
            ("warder", ["warder", "exec", "prod"], "/usr/bin/warder", true),
            ("bash", ["bash"], "/usr/bin/bash", false),
            ("bash", ["-bash"], "/usr/bin/bash", false),
            ("bash", ["bash", "--norc"], "/usr/bin/bash", false),
            ("bash", ["bash", "deploy.sh", "-c"], "/usr/bin/bash", false),
            // Programs that give themselves another's name.
            ("sh", ["sh", "-c", "x"], "/tmp/miner", false),
            ("warder", ["warder"], "/tmp/miner", false),
        ])
    func skipped(name: String, arguments: [String], executable: String, isSkipped: Bool) throws {
        try processes.add(20, parent: 9, name: "make", arguments: ["make"], executable: "/usr/bin/make")
        try processes.add(30, parent: 20, name: name, arguments: arguments, executable: executable)
        #expect(try caller(under: 30)?.process == (isSkipped ? 20 : 30))
    }

    @Test("a warder that keeps its memory to itself is known by its name")
    func hardened() throws {
        try processes.add(20, parent: 9, name: "make", arguments: ["make"], executable: "/usr/bin/make")
        try processes.add(30, parent: 20, name: "warder", arguments: [], executable: nil, folder: nil)
        #expect(try caller(under: 30)?.process == 20)
    }

    @Test("a shell with nobody above it is who asks")
    func orphan() throws {
        try processes.add(30, parent: 1, name: "sh", arguments: ["sh", "-c", "x"], executable: "/bin/sh", folder: nil)
        #expect(try caller(under: 30)?.description(home: nil) == "sh (30)")
    }

    @Test("names that would mislead")
    func hostile() throws {
        try processes.add(
            30, parent: 9, name: ") S 1 (x \u{1b}[2J\u{202e}\u{200b}", arguments: ["a"], executable: nil,
            folder: "/tmp/a\nb\u{a0}c\u{e0041}")
        let text = try #require(try caller(under: 30)).description(home: nil)
        #expect(text == ") S 1 (x \\u{1b}[2J\\u{202e}… (30) in /tmp/a\\u{a}b\\u{a0}c\\u{e0041}")
    }

    @Test("long ones are cut")
    func long() throws {
        let folder = "/" + String(repeating: "deep/", count: 40) + "infra"
        try processes.add(
            30, parent: 9, name: "a-rather-long-n", arguments: ["a"],
            executable: "/opt/a-rather-long-name-of-a-program-x",
            folder: folder)
        let text = try #require(try caller(under: 30)).description(home: nil)
        #expect(text.hasPrefix("a-rather-long-name-of-a-program-… (30) in …"))
        #expect(text.hasSuffix("/deep/infra") && text.count < 120)
    }

    @Test("a script comes with what runs it")
    func script() throws {
        try processes.add(
            30, parent: 9, name: "aws", arguments: ["/usr/bin/python3", "/usr/bin/aws"],
            executable: "/usr/bin/python3.11",
            folder: "/gone/infra (deleted)")
        #expect(try caller(under: 30)?.description(home: nil) == "aws (30, python3.11) in /gone/infra")
    }

    @Test("nothing is told of a process that is gone, or of one that cannot be")
    func gone() throws {
        #expect(try caller(under: 77) == nil)
        #expect(try caller(under: 0) == nil)
        try processes.add(30, parent: 9, name: "x", arguments: [], executable: nil)
        try "30 (x".write(toFile: processes.path + "/30/stat", atomically: false, encoding: .utf8)
        #expect(try caller(under: 30) == nil)
    }

    @Test("a circle of shells has an end")
    func circle() throws {
        try processes.add(30, parent: 40, name: "sh", arguments: ["sh", "-c", "x"], executable: "/bin/sh")
        try processes.add(40, parent: 30, name: "sh", arguments: ["sh", "-c", "x"], executable: "/bin/sh")
        #expect(try caller(under: 30) == nil)
    }

    @Test("the kernel's own processes")
    func real() throws {
        let caller = try #require(Caller())
        #expect(caller.process > 0 && !caller.name.isEmpty && caller.started > 0)
    }
}

@Suite("Whether warder itself has started this")
struct StarterTests {
    private let processes = Processes()

    private func isStarted(
        _ arguments: [String], _ executable: String?, parent: Int = 400, own: String? = "/usr/bin/warder"
    ) throws -> Bool {
        try processes.add(
            400, parent: 1, name: "exe", arguments: arguments, executable: executable, folder: nil)
        try processes.add(500, parent: parent, name: "exe", arguments: ["warder", "renew"], executable: own)
        return Linux.isStarted(byThisProgramAs: "serve", 500, in: processes.path)
    }

    @Test("the same file with that word, or one that keeps it from others")
    func itself() throws {
        #expect(try isStarted(["warder", "serve", "prod"], "/usr/bin/warder"))
        #expect(try isStarted(["warder", "serve", "prod"], nil))
    }

    @Test(
        "anything else",
        arguments: [
            (["bash"], "/usr/bin/bash"), (["warder", "serve"], "/usr/bin/bash"),
            (["warder", "exec"], "/usr/bin/warder"),
            (["warder"], "/usr/bin/warder"), (["warder", "x", "serve"], "/usr/bin/warder"),
            (["serve"], "/usr/bin/warder"),
            ([], nil), (["bash"], nil), (["sh", "-c", "warder serve"], nil),
        ] as [([String], String?)])
    func others(_ arguments: [String], _ executable: String?) throws {
        #expect(try !isStarted(arguments, executable))
    }

    @Test("a process that /proc does not show keeps its memory from others, as warder does")
    func hidden() throws {
        #expect(try isStarted([], nil, parent: 399))
        #expect(try !isStarted([], nil, parent: 1))
        #expect(try !isStarted([], nil, parent: 0))
    }
}
