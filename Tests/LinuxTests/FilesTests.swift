import Foundation
import Linux
import Secrets
import Testing
import Threads

/// A folder of a test's own, gone with it.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "warder-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        chmod(path, 0o700)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
        chmod(path + "/" + name, mode)
        return path + "/" + name
    }
}

func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

/// Whether an optional of a type that cannot be copied, and so not compared, is nil.
func isAbsent<Value: ~Copyable>(_ value: borrowing Value?) -> Bool {
    switch value {
    case .some: false
    case .none: true
    }
}

@Suite("Files", .waits)
struct FilesTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    @Test("a file of any size up to the limit is read whole", arguments: [0, 1, 4095, 4096, 4097, 100_000])
    func sizes(size: Int) throws {
        let content = String(repeating: "x", count: size)
        let path = try scratch.write("file", content)
        #expect(try text(readFile(path, limit: 100_000)) == content)
        #expect(try text(readPrivateFile(path, limit: size)) == content)
        if size > 0 {
            #expect(throws: FileError.tooLarge(path: path, limit: size - 1)) { _ = try readFile(path, limit: size - 1) }
        }
    }

    @Test("what comes in pieces is read to its end, or as far as is wanted", arguments: [4, 20, 30])
    func pieces(limit: Int) throws {
        // Closed in children: one of another test would hold its end open.
        let pipe = try PipeEnds()
        let writing = fcntl(pipe.writingNumber, F_DUPFD_CLOEXEC, 3)
        try #require(writing >= 0)
        pipe.close()
        let writer = Thread {
            for piece in ["first ten.", "other ten."] {
                _ = piece.withCString { write(writing, $0, 10) }
                usleep(30_000)
            }
            close(writing)
        }
        writer.start()
        let found = try pipe.reading.read(upTo: limit)
        #expect(String(decoding: found, as: UTF8.self) == String("first ten.other ten.".prefix(limit)))
        // Written to without a reader it would end the process.
        while !writer.isFinished { usleep(5_000) }
        withExtendedLifetime(pipe) {}
    }

    @Test("a missing file is told from other failures")
    func missing() throws {
        do {
            let absent = try isAbsent(readPrivateFileIfPresent(scratch.path + "/none", limit: 10))
            #expect(absent)
        }
        let under = try scratch.write("plain", "") + "/below"
        do {
            let absent = try isAbsent(readPrivateFileIfPresent(under, limit: 10))
            #expect(absent)
        }
        #expect { _ = try readFile(scratch.path, limit: 10) } throws: { !(($0 as? FileError)?.isAbsence ?? true) }
    }

    @Test(
        "a private file that others can use is refused",
        arguments: [0o604, 0o640, 0o620, 0o602, 0o644, 0o666] as [mode_t])
    func exposed(mode: mode_t) throws {
        let path = try scratch.write("file", "x", mode: mode)
        #expect(throws: FileError.exposed(path: path, mode: UInt32(mode))) { _ = try readPrivateFile(path, limit: 10) }
    }

    @Test("a private file behind a link, a folder or a pipe is refused")
    func kinds() throws {
        let target = try scratch.write("target", "x")
        let link = scratch.path + "/link"
        symlink(target, link)
        #expect(throws: FileError.link(path: link)) { _ = try readPrivateFile(link, limit: 10) }
        let pipe = scratch.path + "/pipe"
        mkfifo(pipe, 0o600)
        #expect(throws: FileError.notAFile(path: pipe)) { _ = try readPrivateFile(pipe, limit: 10) }
        #expect(throws: FileError.notAFile(path: scratch.path)) { _ = try readPrivateFile(scratch.path, limit: 10) }
    }

    @Test(
        "a pipe that says nothing is not waited for longer than told, with a writer or without",
        arguments: [false, true])
    func pipes(hasWriter: Bool) throws {
        let pipe = scratch.path + "/pipe"
        mkfifo(pipe, 0o600)
        let writer = hasWriter ? open(pipe, O_RDWR) : -1
        defer { if hasWriter { close(writer) } }
        #expect(throws: FileError.system(SystemError(call: "read", path: pipe, code: ETIMEDOUT))) {
            _ = try readFile(pipe, limit: 10, timeout: 100)
        }
    }

    @Test("a private file of somebody else is refused", .enabled(if: geteuid() == 0, "needs root to make one"))
    func foreign() throws {
        let path = try scratch.write("file", "x")
        chown(path, 12345, 12345)
        #expect(throws: FileError.foreign(path: path, owner: 12345)) { _ = try readPrivateFile(path, limit: 10) }
    }

    @Test("an atomic write replaces content, mode and time, and leaves nothing beside it")
    func atomic() throws {
        let path = try scratch.write("file", "old", mode: 0o644)
        _ = try scratch.write("file.new", "left by a killed process")
        try Array("new".utf8).withUnsafeBytes { try writeAtomically($0, to: path, .durable, modified: 1_000_000) }
        #expect(try text(readPrivateFile(path, limit: 10)) == "new")
        #expect(modificationTime(of: path) == 1_000_000)
        #expect(try names(inFolder: scratch.path) == ["file"])
    }

    @Test("an atomic write that fails leaves the old file, and nothing beside it")
    func atomicFailure() throws {
        let path = try scratch.write("folder-in-the-way", "")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        _ = try scratch.write("folder-in-the-way/keep", "x")
        #expect(throws: SystemError.self) {
            try Array("new".utf8).withUnsafeBytes { try writeAtomically($0, to: path, .durable) }
        }
        #expect(try names(inFolder: scratch.path) == ["folder-in-the-way"])
    }

    @Test("folders are made private, with those above them")
    func folders() throws {
        let path = scratch.path + "/a/b/c"
        try makePrivateFolder(path)
        var info = stat()
        #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o700)
        try makePrivateFolder(path)
        chmod(path, 0o777)
        #expect(throws: FileError.exposed(path: path, mode: 0o777)) { try makePrivateFolder(path) }
    }

    @Test("a new file is never written over an old one")
    func newFile() throws {
        let path = try scratch.write("file", "old")
        #expect(throws: SystemError.self) { try writeNewFile(SecretBytes("x"), to: path) }
        #expect(try text(readPrivateFile(path, limit: 10)) == "old")
    }
}

@Suite("Locks", .waits)
struct LockTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    @Test("a lock keeps others out until it goes")
    func exclusive() throws {
        let path = scratch.path + "/lock"
        do {
            let held = try FileLock.acquire(path, until: .now)
            #expect(throws: LockError.timedOut(path: path)) {
                _ = try FileLock.acquire(path, until: .after(milliseconds: 50))
            }
            withExtendedLifetime(held) {}
        }
        _ = try FileLock.acquire(path, until: letGo)
    }

    /// Other tests start programs: a child that has not come to its own yet has the descriptors of this process.
    private var letGo: Deadline { .after(milliseconds: 60_000) }

    @Test("locks on other bytes do not touch")
    func bytes() throws {
        let path = scratch.path + "/lock"
        let first = try FileLock.acquire(path, .byte(0), until: .now)
        let second = try FileLock.acquire(path, .byte(.max / 16), until: .now)
        withExtendedLifetime(first) {}
        withExtendedLifetime(second) {}
    }

    @Test("a lock on all of it keeps the bytes' holders out, and is kept out by them")
    func all() throws {
        let path = scratch.path + "/lock"
        do {
            let byte = try FileLock.acquire(path, .byte(1 << 50), until: .now)
            #expect(throws: LockError.timedOut(path: path)) { _ = try FileLock.acquire(path, .all, until: .now) }
            withExtendedLifetime(byte) {}
        }
        let all = try FileLock.acquire(path, .all, until: letGo)
        #expect(throws: LockError.timedOut(path: path)) { _ = try FileLock.acquire(path, .byte(7), until: .now) }
        withExtendedLifetime(all) {}
    }

    @Test("those that wait for a shared lock hold it together, and keep out who wants it alone")
    func shared() throws {
        let path = scratch.path + "/lock"
        do {
            let reader = try SharedLock(path)
            let first = try FileLock.acquire(path, waiting: .shared, until: letGo)
            let second = try FileLock.acquire(path, waiting: .shared, until: letGo)
            let (isFirst, isSecond) = (first.isShared, second.isShared)
            #expect(isFirst && isSecond)
            #expect(throws: LockError.timedOut(path: path)) {
                _ = try FileLock.acquire(path, until: .after(milliseconds: 50))
            }
            withExtendedLifetime(reader) {}
            withExtendedLifetime(first) {}
            withExtendedLifetime(second) {}
        }
        _ = try FileLock.acquire(path, until: letGo)
    }

    @Test("a free lock is held alone, whatever would have been waited for")
    func unshared() throws {
        let path = scratch.path + "/lock"
        let held = try FileLock.acquire(path, waiting: .shared, until: .now)
        let isShared = held.isShared
        #expect(!isShared)
        #expect(throws: LockError.timedOut(path: path)) {
            _ = try FileLock.acquire(path, waiting: .shared, until: .after(milliseconds: 50))
        }
        withExtendedLifetime(held) {}
    }

    @Test("a wait ends when its time is out, not before and not never")
    func timeout() throws {
        let path = scratch.path + "/lock"
        let held = try FileLock.acquire(path, until: .now)
        for milliseconds: Int64 in [0, 1, 30, 300] {
            let deadline = Deadline.after(milliseconds: milliseconds)
            #expect(throws: LockError.timedOut(path: path)) { _ = try FileLock.acquire(path, until: deadline) }
            #expect(deadline.hasPassed)
            #expect(Deadline.now.milliseconds - deadline.milliseconds < 20_000)
        }
        withExtendedLifetime(held) {}
    }

    @Test("a wait leaves its signal as it was")
    func signal() throws {
        let path = scratch.path + "/lock"
        let held = try FileLock.acquire(path, until: .now)
        let number = __libc_current_sigrtmax()
        // Signals are the process's: a wait of another test at the same time changes what is seen here.
        let isIgnored = (0..<50).contains { _ in
            let before = IgnoredSignal(number)
            defer { before.restore() }
            #expect(throws: LockError.timedOut(path: path)) {
                _ = try FileLock.acquire(path, until: .after(milliseconds: 60))
            }
            var now = sigaction()
            sigaction(number, nil, &now)
            return unsafeBitCast(now.__sigaction_handler.sa_handler, to: Int.self) == 1  // SIG_IGN
        }
        #expect(isIgnored)
        withExtendedLifetime(held) {}
    }

    @Test("a lock file that was removed while it was waited for is no lock")
    func removed() throws {
        let path = scratch.path + "/lock"
        let other = path
        let waiter = Thread {
            _ = try? FileLock.acquire(other, until: .after(milliseconds: 30_000))
            _ = FileManager.default.createFile(atPath: other + ".had", contents: nil)
        }
        var second: FileLock?
        do {
            let first = try FileLock.acquire(path, until: .now)
            waiter.start()
            Linux.sleep(milliseconds: 300)
            try removeFile(path)
            second = try FileLock.acquire(path, until: .now)
            withExtendedLifetime(first) {}
        }
        // Whoever waited for the first has it by now, and must see that it is worth nothing.
        Linux.sleep(milliseconds: 300)
        #expect(!FileManager.default.fileExists(atPath: path + ".had"))
        second = nil
        let end = Deadline.after(milliseconds: 30_000)
        while !FileManager.default.fileExists(atPath: path + ".had"), !end.hasPassed { Linux.sleep(milliseconds: 5) }
        #expect(FileManager.default.fileExists(atPath: path + ".had"))
        withExtendedLifetime(second) {}
    }

    @Test("a lock goes with a process that is killed")
    func killed() throws {
        let path = scratch.path + "/lock"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // F_OFD_SETLK = 37; struct flock as fcntl(2) lays it out on Linux.
        process.arguments = [
            "python3", "-c",
            "import fcntl,os,struct,sys,time;f=os.open(sys.argv[1],os.O_RDWR|os.O_CREAT,0o600);"
                + "fcntl.fcntl(f,37,struct.pack('hhqqi',1,0,0,1,0));print('held',flush=True);time.sleep(60)", path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        #expect(String(decoding: output.fileHandleForReading.readData(ofLength: 4), as: UTF8.self) == "held")
        #expect(throws: LockError.timedOut(path: path)) { _ = try FileLock.acquire(path, until: .now) }
        kill(process.processIdentifier, SIGKILL)
        _ = try FileLock.acquire(path, until: .after(milliseconds: 60_000))
        process.waitUntilExit()
    }
}
