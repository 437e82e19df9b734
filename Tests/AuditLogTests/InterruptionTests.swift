import AuditLog
import Foundation
import Linux
import Testing

/// A process that was killed while it wrote.
@Suite struct InterruptionTests {
    @Test func aLineWrittenInPartIsTakenAway() throws {
        let home = LogHome()
        home.write(3)
        let before = try home.everything()
        home.write(1)
        let (old, new) = (try #require(before["log"]), try home.read("log"))
        for end in old.count..<new.count {
            try home.restore(before)
            try home.put(Array(new[..<end]), "log")
            #expect(try home.verified() == 4, "\(end - old.count) bytes")
            try home.put(Array(new[..<end]), "log")
            home.write(1)
            #expect(try home.verified() == 5)
            #expect(try home.read("log") == new)
        }
    }

    @Test func aLineNotCountedIsCounted() throws {
        let home = LogHome()
        home.write(3)
        let seal = try home.read("log.seal")
        home.write(1)
        try home.put(seal, "log.seal")
        #expect(try home.verified() == 5)
        try home.put(seal, "log.seal")
        home.write(1)
        #expect(try home.verified() == 6)
        #expect(try home.lines().count == 6)
    }

    @Test func aForeignLineStaysToBeFound() throws {
        let home = LogHome()
        home.write(3)
        let text = try home.read("log")
        try home.put(text + Array("{\"n\":4,\"event\":\"served\"}\n".utf8), "log")
        home.write(1)
        #expect(try home.verdict() == .bad(.changed, file: home.folder.log, line: 5))
        #expect(try home.lines().count == 6)
    }

    @Test func aLogCutShortIsGoneOnWith() throws {
        let home = LogHome()
        home.write(3)
        let text = try home.read("log")
        try home.put(Array(text.dropLast(20)), "log")
        home.write(2)
        #expect(try home.verdict() == .bad(.changed, file: home.folder.log, line: 4))
        #expect(try home.lines().count == 6)
    }

    /// Each state that turning over passes through, and the next process.
    @Test(arguments: 0...9) func turningOverIsFinished(_ done: Int) throws {
        // Two lines a file, the header among them.
        let home = LogHome(fileLimit: 500)
        home.write(7)
        let (before, lines) = (try home.everything(), try home.lines())
        #expect((1...5).allSatisfy { home.has("log.\($0)") })
        let count = try #require(try home.verified())
        #expect(count == 12)
        home.write(1)
        let after = try home.everything()
        try home.restore(before)
        // The seal names the file that is being turned over.
        var seal = try home.read("log.seal")
        let number = try #require(inode(of: home.folder.log))
        for index in 0..<8 { seal[56 + index] = UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64(index))) }
        if done > 0 { try home.put(seal, "log.seal") }
        for place in stride(from: 4, through: 1, by: -1) where done > 5 - place {
            try home.move("log.\(place)", to: "log.\(place + 1)")
        }
        if done > 5 { try home.move("log", to: "log.1") }
        let header = try #require(after["log"]).prefix { $0 != 10 } + [10]
        if done == 7 { try home.put([], "log") }
        if done == 8 { try home.put(Array(header.dropLast(9)), "log") }
        if done == 9 { try home.put(Array(header), "log") }
        home.write(1)
        #expect(try home.verified() == 12)
        #expect(try home.lines().dropLast(2) == lines.dropFirst(2))
        #expect(try home.lines().count == 12)
    }

    @Test func aLineThatCannotWaitIsSealedLater() throws {
        let home = LogHome()
        home.write(1)
        do {
            let holder = try openPrivateFile(home.folder.seal, O_RDWR)
            // A child that another test starts keeps a copy of the last writer's descriptor, and so its lock, until it runs
            // its program.
            let isHeld = try ShortLock.acquire(holder, limit: 10_000)
            #expect(isHeld)
            let start = Deadline.now.milliseconds
            home.write(1)
            #expect(Deadline.now.milliseconds - start < 5_000)
            #expect(try home.lines().count == 2)
        }
        home.write(1)
        let lines = try home.lines()
        #expect(lines.count == 4)
        #expect(lines[2].contains(#","late":true,"mac":""#))
        #expect(!home.has("log.late"))
        #expect(try home.verified() == 4)
    }

    @Test func lateLinesAreSealedInTheirOrder() throws {
        let home = LogHome()
        home.write(1)
        try late(home, ["first", "second", "third"])
        home.write(1)
        let profiles = ["first", "second", "third", "prod"]
        for (line, profile) in zip(try home.lines().dropFirst(2), profiles) {
            #expect(line.contains("\"profile\":\"\(profile)\""))
        }
        #expect(try home.verified() == 6)
    }

    /// It is sealed twice rather than never.
    @Test func aLateLineThatCannotBeSealedWaits() throws {
        let home = LogHome(fileLimit: 500)
        home.write(1)
        try late(home, ["late"])
        for number in 1...5 {
            try FileManager.default.createDirectory(
                atPath: home.folder.earlier(number) + "/full", withIntermediateDirectories: true)
        }
        home.write(1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path + "/log.late").count == 1)
        for number in 1...5 { try FileManager.default.removeItem(atPath: home.folder.earlier(number)) }
        home.write(1)
        #expect(try home.lines().filter { $0.contains("\"profile\":\"late\"") }.count == 1)
        #expect(!home.has("log.late"))
    }

    @Test func aThousandLinesWaitAtMost() throws {
        let home = LogHome()
        home.write(1)
        try FileManager.default.createDirectory(
            atPath: home.path + "/log.late", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for number in 0..<999 { try home.put([], "log.late/\(number).line") }
        try late(home, ["one", "too many"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path + "/log.late").count == 1000)
    }

    /// Lines that wait since another process holds the lock.
    private func late(_ home: LogHome, _ profiles: [String]) throws {
        let holder = try openPrivateFile(home.folder.seal, O_RDWR)
        // A child that another test starts keeps a copy of the last writer's descriptor, and so its lock, until it runs
        // its program.
        let isHeld = try ShortLock.acquire(holder, limit: 10_000)
        #expect(isHeld)
        for profile in profiles { home.log.record(Event(.served, profile: profile), at: LogHome.time) }
    }
}

/// What may lie in the place of a log's files.
@Suite struct HostileTests {
    @Test(arguments: ["log", "log.seal"]) func aLinkIsNotFollowed(_ name: String) throws {
        let home = LogHome()
        home.write(1)
        try home.put(Array("precious\n".utf8), "target")
        try FileManager.default.removeItem(atPath: home.path + "/" + name)
        try FileManager.default.createSymbolicLink(
            atPath: home.path + "/" + name, withDestinationPath: home.path + "/target")
        home.write(1)
        #expect(try home.read("target") == Array("precious\n".utf8))
        #expect(throws: LogError.self) { try home.verdict() }
    }

    /// What warder does not write is not sealed, whatever lies there.
    @Test(arguments: [
        "", " ", "x", "\"event\":\"served\"\n", "\"event\":\"serv\u{e9}d\"", "\"event\":\"\u{1b}[2J\"",
        "\"event\":\"served\"},{", "\"event\":\"" + String(repeating: "x", count: 4096) + "\"",
    ]) func aLateLineOfAnotherFormIsPassedOver(_ text: String) throws {
        let home = LogHome()
        home.write(1)
        try FileManager.default.createDirectory(
            atPath: home.path + "/log.late", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try home.put(Array(text.utf8), "log.late/1-1-1.line")
        home.write(1)
        #expect(try home.lines().count == 3)
        #expect(try home.verified() == 3)
        #expect(!home.has("log.late"))
    }

    @Test func aLinkInPlaceOfTheStartIsReplaced() throws {
        let home = LogHome()
        try FileManager.default.createDirectory(
            atPath: home.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try home.put(Array("precious\n".utf8), "target")
        try FileManager.default.createSymbolicLink(
            atPath: home.folder.start, withDestinationPath: home.path + "/target")
        home.write(1)
        #expect(try home.read("target") == Array("precious\n".utf8))
        #expect(try home.verified() == 2)
    }

    @Test func aFileOpenToOthersIsLeftAlone() throws {
        let home = LogHome()
        home.write(1)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: home.folder.seal)
        let before = try home.read("log")
        home.write(1)
        #expect(try home.read("log") == before)
    }

    @Test(arguments: [0, 1, 95, 96, 97, 200]) func aSealOfZerosBeginsAnew(_ size: Int) throws {
        let home = LogHome()
        home.write(1)
        try home.put([UInt8](repeating: 0, count: size), "log.seal")
        home.write(1)
        #expect(try home.verified() == 2)
        #expect(home.has("log.1"))
    }
}
