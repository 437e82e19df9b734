import AuditLog
import Foundation
import Linux
import Testing

/// What a line looks like.
@Suite struct LineTests {
    private func line(_ event: Event) throws -> String {
        let home = LogHome()
        home.log.record(event, at: LogHome.time)
        #expect(try home.verified() == 2)
        return try #require(try home.lines().last)
    }

    @Test func hasTheDocumentedForm() throws {
        var event = LogHome.event
        event.caller = CallerSummary(process: 4711, program: "terraform", folder: "/home/alice/infra")
        let line = try line(event)
        let expected =
            #"{"n":1,"time":"2026-09-21T14:13:20Z","event":"served","profile":"prod","#
            + #""role":"arn:aws:iam::222222222222:role/Admin","key":"0002","from":"cached","by":"process","#
            + #""caller":{"pid":4711,"program":"terraform","folder":"/home/alice/infra"},"mac":""#
        #expect(line.hasPrefix(expected))
        #expect(line.dropFirst(expected.count).prefix { $0.isHexDigit }.count == 32)
        #expect(line.hasSuffix(#""}"#) && line.count == expected.count + 34)
    }

    @Test func escapesAllButPrintableASCII() throws {
        let hostile = "a\"b\\c\n\u{1b}[31m\u{202e}ü\u{1f600}\u{7f}"
        var event = Event(.failed, profile: hostile, reason: hostile)
        event.caller = CallerSummary(process: 1, program: hostile, folder: hostile)
        let line = try line(event)
        #expect(line.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        #expect(line.contains(#"a\"b\\c\u000a\u001b[31m\u202e\u00fc\ud83d\ude00\u007f"#))
        let entry = try #require(LogEntry(line.utf8))
        #expect(entry.profile == hostile && entry.reason == hostile && entry.program == hostile)
        #expect(entry.folder == hostile)
    }

    @Test(arguments: ["x", "\u{1}", "\u{1f600}"]) func isBounded(_ letter: String) throws {
        let long = String(repeating: letter, count: 20_000)
        var event = Event(
            .failed, profile: long, role: long, session: long, keyID: long, origin: .cached, by: long, reason: long)
        event.caller = CallerSummary(process: .max, program: long, folder: long)
        let line = try line(event)
        #expect(line.utf8.count < 4096)
        #expect(LogEntry(line.utf8)?.profile?.hasSuffix("…") == true)
    }

    @Test func keepsOnlyTheLastFourOfAKey() throws {
        let line = try line(Event(.added, profile: "alice", keyID: "AKIAIOSFODNN7EXAMPLE"))
        #expect(line.contains(#""key":"MPLE""#) && !line.contains("AKIA") && !line.contains("EXAMPLE"))
    }

    @Test func isReadInOrderOverAllFiles() throws {
        let home = LogHome(fileLimit: 700)
        home.write(9)
        var reader = LogReader(home.log)
        var numbers: [String] = []
        try reader.readAll { numbers.append(String($0.line.prefix { $0 != "," })) }
        #expect(numbers == (0..<numbers.count).map { "{\"n\":\($0)" })
        #expect(numbers.count == (try home.lines().count))
        // Those that come later, over a seam.
        let before = numbers.count
        home.write(4)
        try reader.readMore { numbers.append(String($0.line.prefix { $0 != "," })) }
        #expect(numbers == (0..<numbers.count).map { "{\"n\":\($0)" })
        #expect(numbers.count >= before + 4)
        #expect(reader.unreadable == 0)
    }

    @Test func isFiltered() throws {
        var event = LogHome.event
        event.caller = CallerSummary(process: 1, program: "aws", folder: nil)
        let entry = try #require(LogEntry(try line(event).utf8))
        #expect(LogFilter().accepts(entry))
        #expect(LogFilter(profile: "prod", program: "aws", since: LogHome.time).accepts(entry))
        #expect(!LogFilter(profile: "dev").accepts(entry))
        #expect(!LogFilter(program: "terraform").accepts(entry))
        #expect(!LogFilter(since: LogHome.time + 1).accepts(entry))
    }
}
