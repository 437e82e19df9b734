import Foundation
import Linux
import Testing

/// A summary names whom a `Caller` names.
@Suite struct CallerSummaryTests {
    /// Writes a procfs of processes: number, parent, executable, name, arguments.
    private func procfs(_ processes: [(Int32, Int32, String?, String, [String])]) throws -> String {
        let root = NSTemporaryDirectory() + "warder-proc-" + UUID().uuidString
        for (number, parent, executable, name, arguments) in processes {
            let folder = root + "/\(number)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let fields = ["S", "\(parent)"] + (5...21).map { "\($0)" } + ["\(1000 + number)", "0"]
            try "\(number) (\(name)) \(fields.joined(separator: " "))\n".write(
                toFile: folder + "/stat", atomically: false, encoding: .utf8)
            try "\(name)\n".write(toFile: folder + "/comm", atomically: false, encoding: .utf8)
            try (arguments.joined(separator: "\0") + "\0").write(
                toFile: folder + "/cmdline", atomically: false, encoding: .utf8)
            let manager = FileManager.default
            if let executable {
                try manager.createSymbolicLink(atPath: folder + "/exe", withDestinationPath: executable)
            }
            try manager.createSymbolicLink(atPath: folder + "/cwd", withDestinationPath: "/home/alice/infra")
        }
        return root
    }

    private let own: (Int32, Int32, String?, String, [String]) = (50, 40, "/opt/bin/warder", "warder", ["warder"])

    private func found(_ ancestors: [(Int32, Int32, String?, String, [String])]) throws -> (CallerSummary?, Caller?) {
        let root = try procfs([own] + ancestors)
        defer { try? FileManager.default.removeItem(atPath: root) }
        return (CallerSummary(from: 40, in: root), Caller(of: 50, in: root))
    }

    static let chains: [(String, [(Int32, Int32, String?, String, [String])], Int32, String)] = [
        ("a program", [(40, 1, "/usr/bin/terraform", "terraform", ["terraform"])], 40, "terraform"),
        ("a script", [(40, 1, "/usr/bin/python3.11", "aws", ["python3", "/usr/bin/aws"])], 40, "aws"),
        (
            "sh -c of a program",
            [(40, 30, "/usr/bin/dash", "sh", ["sh", "-c", "warder process"]), (30, 1, "/usr/bin/node", "node", [])], 30,
            "node"
        ),
        ("a shell", [(40, 1, "/usr/bin/bash", "bash", ["-bash"])], 40, "bash"),
        (
            "warder of a program",
            [(40, 30, "/opt/bin/warder", "warder", ["warder"]), (30, 1, "/usr/bin/make", "make", ["make"])], 30, "make"
        ),
        (
            "a hardened warder",
            [(40, 30, nil, "warder", ["warder"]), (30, 1, "/usr/bin/make", "make", ["make"])], 30, "make"
        ),
        (
            "a name that the kernel cut",
            [(40, 1, "/usr/bin/terraform-provider-aws", "terraform-provi", [])], 40, "terraform-provider-aws"
        ),
        ("sh -c at the top", [(40, 1, "/usr/bin/dash", "sh", ["sh", "-c", "x"])], 40, "sh"),
    ]

    @Test(arguments: chains.indices) func namesTheSame(_ index: Int) throws {
        let (what, ancestors, process, program) = Self.chains[index]
        let (summary, caller) = try found(ancestors)
        #expect(
            summary == CallerSummary(process: process, program: program, folder: "/home/alice/infra"), "\(what)")
        #expect(caller?.process == process, "\(what)")
    }

    @Test func isNilWhereItCannotBeSeen() throws {
        let (summary, _) = try found([])
        #expect(summary == nil)
    }

    @Test func describesAProcessItself() throws {
        let root = try procfs([(40, 1, "/usr/bin/dash", "sh", ["sh", "-c", "x"])])
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(CallerSummary(of: 40, in: root)?.program == "sh")
        #expect(CallerSummary(of: 41, in: root) == nil)
    }
}
