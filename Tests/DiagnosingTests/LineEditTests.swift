import Foundation
import Profiles
import Testing

@testable import Diagnosing

/// What the commands do is seen by running them.
@Suite("Commands that change one line")
struct LineEditTests {
    private func changed(_ text: String, _ command: (String) -> String) throws -> String {
        let path = NSTemporaryDirectory() + "it's a line \(UUID().uuidString)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", command(path)]
        try shell.run()
        shell.waitUntilExit()
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    private let text = "[profile p]\n  Role_ARN= a\noutput = b\n"

    @Test func makesAComment() throws {
        let done = try changed(text) { LineEdit.comment("role_arn", at: Origin(path: $0, line: 2)) }
        #expect(done == "[profile p]\n#   Role_ARN= a\noutput = b\n")
    }

    @Test func makesACommentOfAllLinesOfAValue() throws {
        let long = "[p]\nkey = a\n  b\n  c\nother = d\n"
        #expect(
            try changed(long) { LineEdit.comment("key", at: Origin(path: $0, line: 2), 2...4) }
                == "[p]\n# key = a\n#   b\n#   c\nother = d\n")
        #expect(try changed(long) { LineEdit.comment("key", at: Origin(path: $0, line: 3), 3...4) } == long)
    }

    @Test func writesAValueAndKeepsTheIndentation() throws {
        let done = try changed(text) { LineEdit.write("role_arn", #"a|b\c&d'"e"#, at: Origin(path: $0, line: 2)) }
        #expect(done == "[profile p]\n  role_arn = a|b\\c&d'\"e\noutput = b\n")
    }

    @Test(arguments: ["a|b", "a&b", #"a\b"#, #"a\nb"#, "a b", "ä", "a'b", "$(id)", "`id`", "]"])
    func writesAnyValueBehindTheNameThatIsThere(value: String) throws {
        for name in ["region", "  warder_region ", "REGION"] {
            let done = try changed("[p]\n\(name)= x\n") { path in
                SettingEdit.write("region", value, at: Origin(path: path, line: 2)) ?? "exit 1"
            }
            #expect(done == "[p]\n\(name)= \(value)\n")
        }
        let variable = SettingEdit.write("region", value, at: Origin(path: "AWS_REGION", line: 0)) ?? "exit 1"
        let said = try changed("") { "\(variable); printf %s \"$AWS_REGION\" > \"\($0)\"" }
        #expect(said == value)
    }

    @Test func renames() throws {
        let done = try changed(text) {
            LineEdit.rename("role_arn", to: "warder_role_arn", at: Origin(path: $0, line: 2))
        }
        #expect(done == "[profile p]\n  warder_role_arn = a\noutput = b\n")
    }

    @Test func empties() throws {
        let done = try changed(text) { LineEdit.empty([("role_arn", 2), ("output", 3)], of: $0) }
        #expect(done == "[profile p]\n\n\n")
    }

    @Test func heads() throws {
        let done = try changed("[a.b]\n") {
            LineEdit.head("[profile a.b]", inPlaceOf: "a.b", at: Origin(path: $0, line: 1))
        }
        #expect(done == "[profile a.b]\n")
        let kept = try changed("[axb]\n") {
            LineEdit.head("[profile a.b]", inPlaceOf: "a.b", at: Origin(path: $0, line: 1))
        }
        #expect(kept == "[axb]\n")
    }

    @Test func appends() throws {
        let adding = { LineEdit.append(section: "[profile 'b]", ["c = %d"], to: $0) }
        let done = try changed("[a]", adding)
        #expect(done == "[a]\n[profile 'b]\nc = %d\n")
        #expect(try changed(done, adding) == done)
    }

    @Test func merges() throws {
        let twice = "[p]\na = 1\n[q]\nb = 2\n[p]\nc = 3\nd = 4"
        let done = try changed(twice) { LineEdit.merge(5...7, into: 1...2, header: "p", of: $0) }
        #expect(done == "[p]\na = 1\nc = 3\nd = 4\n[q]\nb = 2\n# [p]\n")
        #expect(
            try changed(twice + "\n[r]\n") { LineEdit.merge(5...7, into: 1...2, header: "p", of: $0) } == done + "[r]\n"
        )
        let moved = "[q]\n" + twice
        #expect(try changed(moved) { LineEdit.merge(5...7, into: 1...2, header: "p", of: $0) } == moved)
    }

    /// The same name in another line is another setting.
    @Test(arguments: [1, 3, 9])
    func leavesOtherLines(_ line: Int) throws {
        let commands: [(String) -> String] = [
            { LineEdit.comment("role_arn", at: Origin(path: $0, line: line)) },
            { LineEdit.write("role_arn", "x", at: Origin(path: $0, line: line)) },
            { LineEdit.rename("role_arn", to: "x", at: Origin(path: $0, line: line)) },
            { LineEdit.empty([("role_arn", line)], of: $0) },
            { LineEdit.head("[x]", inPlaceOf: "other", at: Origin(path: $0, line: line)) },
        ]
        for command in commands { #expect(try changed(text, command) == text) }
    }
}
