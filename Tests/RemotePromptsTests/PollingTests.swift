import Foundation
import Glibc
import Linux
import Testing
import Threads

@testable import RemotePrompts

@Suite("Who looks where the kernel brings no word", .waits)
struct PollingTests {
    private let runtime: Runtime

    init() throws { runtime = try Runtime() }

    /// One to whom the kernel refuses it for this reason.
    private func watcher(rejected code: Int32, stays: Bool = false) throws -> Watcher {
        try Watcher(runtime.folder, stays: stays) { (path) throws(RemotePromptError) in
            try FolderChanges(of: path) {
                errno = code
                return -1
            }
        }
    }

    private func waiting() -> RemotePrompt { RemotePrompt(in: runtime.folder, until: .after(milliseconds: 120_000)) }

    @Test("sees who waits, and answers", arguments: [EMFILE, ENFILE, ENOMEM, ENOSYS, EPERM])
    func passing(_ code: Int32) throws {
        let remotePrompt = waiting()
        try remotePrompt.open(request)
        let watcher = try watcher(rejected: code)
        _ = try watcher.wait(for: .asked, serving: remotePrompt)
        #expect(give("123456", to: try #require(watcher.waiting.first)))
        #expect(try remotePrompt.answer() == "123456")
    }

    @Test("sees who comes later, and that the folder was removed")
    func later() throws {
        let watcher = try watcher(rejected: EMFILE, stays: true)
        #expect(watcher.waiting.isEmpty && runtime.folder.isWatched)
        #expect(try #require(watcher.wakeup).remaining <= Watcher.pollingInterval)
        let first = waiting()
        try first.open(request)
        _ = try watcher.wait(for: .asked, serving: first)
        first.conclude("done", succeeded: true)
        _ = try watcher.wait(for: .gone(crowded: false))
        try FileManager.default.removeItem(atPath: runtime.folder.path)
        let second = waiting()
        try second.open(request)
        _ = try watcher.wait(for: .asked, serving: second)
        #expect(runtime.folder.isWatched)
    }

    @Test("looks now and then alone, and not all the time")
    func pace() throws {
        let watcher = try watcher(rejected: EMFILE)
        #expect(watcher.descriptors.isEmpty)
        #expect((1...Watcher.pollingInterval).contains(try #require(watcher.wakeup).remaining))
        #expect(try Watcher(runtime.folder).wakeup == nil)
    }

    @Test("what else goes wrong is said")
    func failing() throws {
        #expect(throws: RemotePromptError.self) { try watcher(rejected: EFAULT) }
        #expect(throws: RemotePromptError.self) { try FolderChanges(of: runtime.path + "/nowhere") }
    }

    @Test("a line's parts are told apart by bytes")
    func lines() throws {
        // To a reader the sign and the mark behind it are one, and so are two keys that look the same.
        let line = try #require(ParsedLine("ask 1 code profile=\u{301}x caf\u{e9}=1 cafe\u{301}=2"))
        #expect(line.words.map { String($0) } == ["ask", "1", "code"])
        #expect(line["profile"].map { Array($0.utf8) } == Array("\u{301}x".utf8))
        #expect(line["caf\u{e9}"] == "1" && line["cafe\u{301}"] == "2")
    }
}
