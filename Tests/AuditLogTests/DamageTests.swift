import AuditLog
import Foundation
import Testing

/// A log of two files in which something was changed.
@Suite struct DamageTests {
    let home = LogHome(fileLimit: 1200)
    let files: [String: [UInt8]]

    init() throws {
        home.write(6)
        files = try home.everything()
        #expect(home.has("log.1") && !home.has("log.2"))
        #expect(try home.verified() == 8)
    }

    private func lines(_ name: String) throws -> [[UInt8]] {
        try home.read(name).split(separator: 10).map { Array($0) + [10] }
    }

    @Test(arguments: ["log", "log.1"]) func anyByteIsFound(_ name: String) throws {
        let text = try home.read(name)
        var line = 1
        for (place, byte) in text.enumerated() {
            var bad = text
            bad[place] ^= 0x04
            try home.put(bad, name)
            let verdict = try home.verdict()
            guard case .bad(_, let file, let number) = verdict else {
                Issue.record("byte \(place) of \(name): \(verdict)")
                return
            }
            #expect(file == home.path + "/" + name && number == line, "byte \(place)")
            if byte == 10 { line += 1 }
            try home.put(text, name)
            try home.put(files["log.seal"] ?? [], "log.seal")
        }
    }

    @Test(arguments: ["log", "log.1"]) func anyLineTakenAwayIsFound(_ name: String) throws {
        let lines = try lines(name)
        for index in lines.indices {
            var rest = lines
            rest.remove(at: index)
            try home.put(rest.flatMap { $0 }, name)
            #expect(try home.verified() == nil, "line \(index + 1) of \(name)")
            try home.restore(files)
        }
        #expect(try home.verified() == 8)
    }

    @Test func twoLinesSwappedAreFound() throws {
        let lines = try lines("log")
        for first in lines.indices {
            for second in lines.indices where second > first {
                var swapped = lines
                swapped.swapAt(first, second)
                try home.put(swapped.flatMap { $0 }, "log")
                guard case .bad(_, let file, let line) = try home.verdict() else {
                    Issue.record("\(first) and \(second)")
                    return
                }
                #expect(file == home.path + "/log" && line == first + 1)
                try home.restore(files)
            }
        }
    }

    @Test func anOlderCopyPutBackIsFound() throws {
        home.write(1)
        let after = try home.everything()
        // The log alone: its seal counts more.
        try home.put(files["log"] ?? [], "log")
        #expect(try home.verdict() == .bad(.cut, file: home.path + "/log", line: try lines("log").count + 1))
        // Log and seal together: only what the store has seen tells.
        try home.restore(after)
        let start = try #require(Counted(home))
        start.count(9)
        #expect(try start.verdict(home) == .good(lines: 9, since: "2026-09-21T14:13:20Z", uncovered: []))
        try home.restore(files)
        guard case .bad(.older, _, _) = try start.verdict(home) else {
            Issue.record("not found to be older")
            return
        }
    }

    @Test func aLostSealIsFound() throws {
        try FileManager.default.removeItem(atPath: home.folder.seal)
        #expect(try home.verdict() == .bad(.noSeal, file: home.folder.seal, line: 0))
        let old = try #require(Counted(home))
        // The next line begins another log, in a file of its own.
        home.write(1)
        #expect(try home.verified() == 2)
        #expect(try home.lines().count == 10)
        #expect(try old.verdict(home) == .bad(.foreign, file: home.folder.seal, line: 0))
    }
}

/// A start whose count a test sets.
private final class Counted {
    private var start: LogStart

    /// Nil if none waits.
    init?(_ home: LogHome) {
        guard let start = home.log.waitingStart() else { return nil }
        self.start = start
    }

    func count(_ lines: UInt64) { start.lines = lines }

    func verdict(_ home: LogHome) throws -> LogVerdict { try home.log.verdict(startedBy: start, at: LogHome.time) }
}
