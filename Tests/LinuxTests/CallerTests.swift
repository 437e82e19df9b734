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
        for (name, target) in [("/exe", executable), ("/cwd", folder)] {
            unlink(own + name)
            if let target { symlink(target, own + name) }
        }
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

    @Test(
        "a name cannot say who is above",
        // Each takes a parenthesis for itself, as a reader sees it: before it, behind it, or as one with it.
        arguments: [
            "x) S 77 \u{600}", "x) S 77 \u{200d}", "x) S 77 (\u{301}", ")\u{301} S 77", "x) S 77 \u{110bd}", "((((",
            "))))",
        ])
    func forged(_ name: String) throws {
        try processes.add(77, parent: 9, name: "trusted", arguments: ["trusted"], executable: "/usr/bin/trusted")
        try processes.add(20, parent: 9, name: "make", arguments: ["make"], executable: "/usr/bin/make")
        try processes.add(
            30, parent: 20, name: name, arguments: ["sh", "-c", "x"], executable: "/bin/sh", started: 4711)
        #expect(try caller(under: 30)?.process == 20)
        // And of itself.
        try processes.add(40, parent: 20, name: name, arguments: ["x"], executable: "/tmp/x", started: 4711)
        let own = try #require(try caller(under: 40))
        #expect(own.process == 40 && own.started == 4711 && Array(own.name.utf8) == Array(name.utf8))
    }

    @Test("a name that is no UTF-8")
    func bytes() throws {
        try processes.add(20, parent: 9, name: "make", arguments: ["make"], executable: "/usr/bin/make")
        try processes.add(30, parent: 20, name: "x", arguments: ["sh", "-c", "x"], executable: "/bin/sh")
        let fields = "S 20 " + String(repeating: "0 ", count: 17) + "100 1 2\n"
        let line = Array("30 (x) S 77 ".utf8) + [0xff, 0xcc] + Array(") \(fields)".utf8)
        try Data(line).write(to: URL(fileURLWithPath: processes.path + "/30/stat"))
        #expect(try caller(under: 30)?.process == 20)
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

@Suite("Whether a program is one of those that need not ask")
struct CallerStandingTests {
    private let processes = Processes()
    private let files = NSTemporaryDirectory() + "warder-files-" + UUID().uuidString.prefix(8)

    init() throws { try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true) }

    private func file(_ name: String) -> String {
        let path = files + "/" + name
        close(open(path, O_CREAT | O_WRONLY, 0o700))
        return path
    }

    private func match(_ executable: String?, among paths: [String]) throws -> Caller.ExecutableMatch {
        let own = file("warder")
        try processes.add(30, parent: 9, name: "terraform", arguments: ["terraform"], executable: executable)
        try processes.add(500, parent: 30, name: "warder", arguments: ["warder"], executable: own)
        let caller = try #require(Caller(of: 500, in: processes.path))
        #expect(caller.process == 30)
        return caller.match(among: paths)
    }

    @Test("the same file, by whatever path")
    func same() throws {
        let (terraform, link) = (file("terraform"), files + "/link")
        symlink(terraform, link)
        #expect(try match(terraform, among: ["/nowhere", terraform]) == .runsOne)
        #expect(try match(terraform, among: [link]) == .runsOne)
    }

    @Test("another one")
    func other() throws {
        let terraform = file("terraform")
        #expect(try match(file("evil"), among: [terraform]) == .runsNone)
        #expect(try match(terraform, among: []) == .runsNone)
        #expect(try match(terraform, among: ["/nowhere"]) == .runsNone)
    }

    @Test("a path that is the same for a reader alone")
    func lookalike() throws {
        let (composed, decomposed) = (file("é"), file("e\u{301}"))
        #expect(try match(decomposed, among: [composed]) == .runsNone)
        #expect(try match(composed, among: [composed]) == .runsOne)
    }

    @Test("a file that was replaced since, or that another was mounted over, is another file")
    func replaced() throws {
        // What the process runs stands elsewhere by now; the path that the kernel shows is that of the new one.
        let terraform = file("terraform")
        try processes.add(30, parent: 9, name: "terraform", arguments: ["terraform"], executable: terraform)
        try processes.add(500, parent: 30, name: "warder", arguments: ["warder"], executable: file("warder"))
        let caller = try #require(Caller(of: 500, in: processes.path))
        #expect(rename(file("new"), terraform) == 0)
        #expect(caller.match(among: [terraform]) == .runsFormer(path: terraform))
    }

    @Test("what cannot be told is refused")
    func unknown() throws {
        #expect(try match(nil, among: [file("terraform")]) == .runsNone)
        #expect(try match(files + "/gone", among: [files + "/gone"]) == .runsNone)
    }

    @Test("below a program that only has warder's name, nothing is told")
    func impostor() throws {
        let terraform = file("terraform")
        try processes.add(30, parent: 9, name: "terraform", arguments: ["terraform"], executable: terraform)
        try processes.add(40, parent: 30, name: "warder", arguments: ["warder", "serve"], executable: nil)
        try processes.add(500, parent: 40, name: "warder", arguments: ["warder"], executable: file("warder"))
        let caller = try #require(Caller(of: 500, in: processes.path))
        #expect(caller.process == 30 && caller.match(among: [terraform]) == .runsNone)
        // Nor below a shell whose file cannot be seen.
        try processes.add(40, parent: 30, name: "sh", arguments: ["sh", "-c", "x"], executable: nil)
        let another = try #require(Caller(of: 500, in: processes.path))
        #expect(another.process == 30 && another.match(among: [terraform]) == .runsNone)
    }

    @Test("below a warder and a shell that are known by their files, it is told")
    func between() throws {
        let terraform = file("terraform")
        try processes.add(30, parent: 9, name: "terraform", arguments: ["terraform"], executable: terraform)
        try processes.add(40, parent: 30, name: "x", arguments: ["warder"], executable: file("warder"))
        try processes.add(50, parent: 40, name: "x", arguments: ["sh", "-c", "x"], executable: file("dash"))
        try processes.add(500, parent: 50, name: "warder", arguments: ["warder"], executable: file("warder"))
        let caller = try #require(Caller(of: 500, in: processes.path))
        #expect(caller.process == 30 && caller.match(among: [terraform]) == .runsOne)
    }
}
