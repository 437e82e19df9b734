import Foundation
import Linux
import Prompt
import Secrets
import Testing
import Threads

@testable import RemotePrompts

@Suite("Hostile company of the hand-off", .waits)
struct HostileTests {
    private let runtime: Runtime
    private let remotePrompt: RemotePrompt

    init() throws {
        runtime = try Runtime()
        remotePrompt = RemotePrompt(in: runtime.folder, until: .after(milliseconds: 120_000))
        try remotePrompt.open(request)
    }

    /// After whatever happened, the next one who looks is heard.
    private func expectService() throws {
        let watcher = try Watcher(runtime.folder)
        _ = try watcher.wait(for: .asked, serving: remotePrompt)
        #expect(give("123456", to: try #require(watcher.waiting.first)))
        #expect(try remotePrompt.answer() == "123456")
    }

    private func send(_ text: String, to socket: borrowing UnixSocket) -> Bool {
        var text = text
        return text.withUTF8 { socket.send(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the other end was closed, once the hand-off has seen to it.
    private func isClosed(_ socket: borrowing UnixSocket) throws -> Bool {
        let limit = Deadline.after(milliseconds: 20_000)
        var seen = SecretBytes(capacity: 65_536)
        while !limit.hasPassed {
            #expect(said(try remotePrompt.proceed()) == nil)
            while true {
                let receipt = socket.receive(into: &seen, limit: 65_536)
                if receipt == .end { return true }
                if receipt == .none || seen.count == 65_536 { break }
            }
            if seen.count > 0 && limit.remaining < 19_000 { return false }
            sleep(milliseconds: 5)
        }
        return false
    }

    @Test(
        "garbage ends a connection",
        arguments: [
            "\n", "hello\n", "GET / HTTP/1.1\r\n\r\n", "\0\0\0\n", "code 1\n", "yes 1\n", "code 1 \u{1b}[A\n",
            String(repeating: "x", count: 5000), String(repeating: "code 1 ", count: 1000),
            "code " + String(repeating: "1", count: 4096) + "\n",
        ])
    func garbage(text: String) throws {
        let socket = try UnixSocket.connect(to: runtime.socketPath)
        _ = send(text, to: socket)
        let isOver = try isClosed(socket)
        #expect(isOver)
        try expectService()
    }

    @Test("half a line keeps nobody waiting, and what is whole counts")
    func halves() throws {
        let slow = try UnixSocket.connect(to: runtime.socketPath)
        for letter in "code 1 6" {
            let hasGone = send(String(letter), to: slow)
            #expect(hasGone)
            #expect(said(try remotePrompt.proceed()) == nil)
        }
        try remotePrompt.drain()
        #expect(remotePrompt.wakeup != nil)
        let hasRestGone = send("54321\nyes", to: slow)
        #expect(hasRestGone)
        #expect(try remotePrompt.answer() == "654321")
    }

    @Test("half a line is not waited for without end")
    func loris() throws {
        let slow = try UnixSocket.connect(to: runtime.socketPath)
        let hasGone = send("code 1 6", to: slow)
        #expect(hasGone)
        let limit = Deadline.after(milliseconds: 5000)
        while remotePrompt.wakeup == nil && !limit.hasPassed { try remotePrompt.drain() }
        let timeout = try #require(remotePrompt.wakeup)
        #expect((1...WatcherConnection.timeout).contains(timeout.remaining))
    }

    @Test("a thousand connections do not keep the next one out")
    func flood() throws {
        var sockets: [Held] = []
        for _ in 0..<1000 {
            let limit = Deadline.after(milliseconds: 20_000)
            while true {
                do throws(SystemError) {
                    sockets.append(Held(try UnixSocket.connect(to: runtime.socketPath)))
                    break
                } catch {
                    guard error.code == EAGAIN, !limit.hasPassed else { throw error }
                    #expect(said(try remotePrompt.proceed()) == nil)
                }
            }
            #expect(remotePrompt.descriptors.count <= 1 + RemotePrompt.watcherLimit)
        }
        try remotePrompt.drain()
        #expect(remotePrompt.descriptors.count == 1 + RemotePrompt.watcherLimit)
        try expectService()
    }

    @Test("who is crowded out is told, and does not come back for the same")
    func crowded() throws {
        let first = try Watcher(runtime.folder)
        _ = try first.wait(for: .asked, serving: remotePrompt)
        var others: [Watcher] = []
        for _ in 0..<RemotePrompt.watcherLimit {
            let other = try Watcher(runtime.folder)
            _ = try other.wait(for: .asked, serving: remotePrompt)
            others.append(other)
        }
        _ = try first.wait(for: .gone(crowded: true), serving: remotePrompt)
        first.settle(until: .after(milliseconds: 300))
        try remotePrompt.drain()
        #expect(first.waiting.isEmpty)
        #expect(others.allSatisfy { $0.waiting.count == 1 })
    }

    @Test("who never reads is let go")
    func deaf() throws {
        let deaf = try UnixSocket.connect(to: runtime.socketPath)
        try remotePrompt.drain()
        #expect(remotePrompt.descriptors.count == 2)
        for _ in 0..<20_000 where remotePrompt.descriptors.count > 1 {
            remotePrompt.withdraw()
            try remotePrompt.open(request)
        }
        #expect(remotePrompt.descriptors.count == 1)
        _ = consume deaf
    }

    @Test("who goes at any point is let go")
    func leavers() throws {
        for text in ["", "c", "code 1 123", "dismiss", "nonsense\n"] {
            func visit() throws {
                let socket = try UnixSocket.connect(to: runtime.socketPath)
                _ = send(text, to: socket)
            }
            try visit()
            try remotePrompt.drain()
            #expect(remotePrompt.descriptors.count == 1)
        }
        try expectService()
    }

    @Test("an answer counts though its giver is gone")
    func hasty() throws {
        func visit() throws {
            let socket = try UnixSocket.connect(to: runtime.socketPath)
            let hasGone = send("code 1 123456\n", to: socket)
            #expect(hasGone)
        }
        try visit()
        #expect(try remotePrompt.answer() == "123456")
        remotePrompt.withdraw()
        remotePrompt.conclude("done", succeeded: true)
    }

    @Test("a name that breaks lines breaks none")
    func names() throws {
        let hostile = "prod\nfailed text=gotcha\n\u{1b}]0;x\u{7}"
        try remotePrompt.open(PromptRequest(.code, profile: hostile, device: hostile, caller: hostile, note: hostile))
        let watcher = try Watcher(runtime.folder)
        #expect(try watcher.wait(for: .asked, serving: remotePrompt) == [.asked])
        let seen = try #require(watcher.waiting.first?.request)
        #expect(seen.profile == hostile && seen.device == hostile && seen.caller == hostile && seen.note == hostile)
    }

    @Test("a socket that a dead process left is removed by who looks")
    func stale() throws {
        remotePrompt.withdraw()
        let path = SocketName(process: 4711, random: 7).path(in: runtime.folder)
        func leave() throws { _ = try UnixSocket.listen(at: path, backlog: 1) }
        try leave()
        #expect(FileManager.default.fileExists(atPath: path))
        let watcher = try Watcher(runtime.folder)
        watcher.settle(until: .after(milliseconds: 5000))
        #expect(watcher.waiting.isEmpty && runtime.sockets.isEmpty)
    }

    @Test("what is no socket of the user's is left alone, and nobody waits for who says nothing")
    func strangers() throws {
        remotePrompt.withdraw()
        let silent = try UnixSocket.listen(
            at: SocketName(process: 1, random: 1).path(in: runtime.folder), backlog: 1)
        let file = SocketName(process: 2, random: 2).path(in: runtime.folder)
        try Data().write(to: URL(filePath: file))
        symlink("/dev/null", SocketName(process: 3, random: 3).path(in: runtime.folder))
        try Data().write(to: URL(filePath: runtime.folder.path + "/notes"))
        let watcher = try Watcher(runtime.folder)
        let began = Deadline.now
        watcher.settle(until: .after(milliseconds: 300))
        #expect(Deadline.now.milliseconds - began.milliseconds < 10_000)
        #expect(watcher.waiting.isEmpty && runtime.sockets.count == 4)
        _ = consume silent
    }

    @Test("a folder that goes is made again")
    func folder() throws {
        remotePrompt.withdraw()
        let watcher = try Watcher(runtime.folder)
        try FileManager.default.removeItem(atPath: runtime.folder.path)
        let limit = Deadline.after(milliseconds: 20_000)
        while !FileManager.default.fileExists(atPath: runtime.folder.path) && !limit.hasPassed {
            watcher.settle(until: .after(milliseconds: 50))
        }
        try remotePrompt.open(request)
        _ = try watcher.wait(for: .asked, serving: remotePrompt)
    }
}

/// Keeps a connection open.
private final class Held {
    let socket: UnixSocket
    init(_ socket: consuming UnixSocket) { self.socket = socket }
}
