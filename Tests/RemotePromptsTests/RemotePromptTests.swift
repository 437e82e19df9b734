import Foundation
import Linux
import Prompt
import Testing
import Threads

@testable import RemotePrompts

@Suite("The hand-off", .waits)
struct RemotePromptsTests {
    private let runtime: Runtime
    private let remotePrompt: RemotePrompt

    init() throws {
        runtime = try Runtime()
        remotePrompt = RemotePrompt(in: runtime.folder, until: .after(milliseconds: 120_000))
    }

    @Test("who waits is seen, and answered")
    func answered() throws {
        try remotePrompt.open(request)
        let watcher = try Watcher(runtime.folder)
        _ = try watcher.wait(for: .asked, serving: remotePrompt)
        let connection = try #require(watcher.waiting.first)
        let seen = try #require(connection.request)
        #expect(seen.kind == .code && seen.profile == "prod" && seen.device == request.device)
        #expect(seen.caller == request.caller && seen.note == nil && seen.process == getpid())
        #expect((100_000...120_000).contains(seen.deadline.remaining))
        #expect(give("123456", to: connection))
        #expect(try remotePrompt.answer() == "123456")
        remotePrompt.withdraw()
        #expect(runtime.sockets.isEmpty && remotePrompt.descriptors.isEmpty)
        _ = try watcher.wait(for: .taken)
        remotePrompt.conclude("prod: session until 20:13", succeeded: true)
        #expect(
            try watcher.wait(for: .gone(crowded: false)) == [
                .concluded("prod: session until 20:13", succeeded: true), .gone(crowded: false),
            ])
        #expect(watcher.waiting.isEmpty)
    }

    @Test("after a wrong code it is asked again over the same connection")
    func again() throws {
        try remotePrompt.open(request)
        let watcher = try Watcher(runtime.folder)
        _ = try watcher.wait(for: .asked, serving: remotePrompt)
        let connection = try #require(watcher.waiting.first)
        #expect(give("111111", to: connection))
        #expect(try remotePrompt.answer() == "111111")
        remotePrompt.withdraw()
        _ = try watcher.wait(for: .taken)
        var second = request
        second.note = "wrong code"
        try remotePrompt.open(second)
        _ = try watcher.wait(for: .asked, serving: remotePrompt)
        #expect(watcher.waiting.count == 1 && watcher.waiting.first === connection)
        #expect(connection.request?.note == "wrong code")
        #expect(give("222222", to: connection))
        #expect(try remotePrompt.answer() == "222222")
    }

    @Test("a refused code is asked for again, and whoever comes then is told to wait too")
    func rejected() throws {
        try remotePrompt.open(request)
        let watcher = try Watcher(runtime.folder)
        _ = try watcher.wait(for: .asked, serving: remotePrompt)
        let connection = try #require(watcher.waiting.first)
        #expect(give("12345", to: connection))
        #expect(try remotePrompt.answer() == "12345")
        remotePrompt.reject("used already", until: .after(milliseconds: 17_000))
        _ = try watcher.wait(for: .rejected)
        #expect(connection.request?.note == "used already")
        #expect((10_000...18_000).contains(connection.request?.notBefore?.remaining ?? 0))
        let late = try Watcher(runtime.folder)
        _ = try late.wait(for: .asked, serving: remotePrompt)
        #expect(late.waiting.first?.request?.notBefore != nil)
        #expect(late.waiting.first?.request?.note == "used already")
    }

    @Test("the first of two wins, the other is told")
    func two() throws {
        try remotePrompt.open(request)
        let (first, second) = (try Watcher(runtime.folder), try Watcher(runtime.folder))
        _ = try first.wait(for: .asked, serving: remotePrompt)
        _ = try second.wait(for: .asked, serving: remotePrompt)
        #expect(give("123456", to: try #require(first.waiting.first)))
        #expect(try remotePrompt.answer() == "123456")
        // Sent before the news has come, and of no effect on what is asked next.
        #expect(give("654321", to: try #require(second.waiting.first)))
        remotePrompt.withdraw()
        _ = try first.wait(for: .taken)
        _ = try second.wait(for: .withdrawn)
        try remotePrompt.open(request)
        try remotePrompt.drain()
        #expect(said(try remotePrompt.proceed()) == nil)
    }

    @Test("yes and no are answers to a confirmation, and a code is not")
    func confirmation() throws {
        let asked = PromptRequest(.confirmation, profile: "prod", device: nil, caller: nil)
        for text in ["yes", "no"] {
            try remotePrompt.open(asked)
            let watcher = try Watcher(runtime.folder)
            _ = try watcher.wait(for: .asked, serving: remotePrompt)
            #expect(give(text, to: try #require(watcher.waiting.first)))
            #expect(try remotePrompt.answer() == text)
        }
        try remotePrompt.open(asked)
        let watcher = try Watcher(runtime.folder)
        _ = try watcher.wait(for: .asked, serving: remotePrompt)
        #expect(give("123456", to: try #require(watcher.waiting.first)))
        _ = try watcher.wait(for: .gone(crowded: false), serving: remotePrompt)
    }

    @Test("who dismisses it ends it")
    func dismissed() throws {
        try remotePrompt.open(request)
        let watcher = try Watcher(runtime.folder)
        _ = try watcher.wait(for: .asked, serving: remotePrompt)
        #expect(give("dismiss", to: try #require(watcher.waiting.first)))
        #expect(throws: PromptChannelError.dismissed) { try remotePrompt.answer() }
    }

    @Test("its socket is the user's alone, and goes with it")
    func files() throws {
        var remotePrompt: RemotePrompt? = RemotePrompt(in: runtime.folder, until: .after(milliseconds: 120_000))
        try remotePrompt?.open(request)
        for (path, mode) in [(runtime.folder.path, 0o700), (runtime.socketPath, 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
        remotePrompt = nil
        #expect(runtime.sockets.isEmpty)
    }

    @Test("where there is no place for a socket, it is out of the race")
    func unavailable() throws {
        let nowhere = RemotePrompt(in: nil, until: .now)
        #expect(throws: PromptChannelError.unavailable("no runtime folder")) { try nowhere.open(request) }
        let long = try PromptFolder(runtime: runtime.path + "/" + String(repeating: "x", count: 80))
        let tooLong = RemotePrompt(in: long, until: .now)
        #expect(throws: PromptChannelError.unavailable("the runtime folder's path is too long")) {
            try tooLong.open(request)
        }
        try FileManager.default.createDirectory(atPath: runtime.folder.path, withIntermediateDirectories: true)
        chmod(runtime.folder.path, 0o777)
        #expect(throws: PromptChannelError.unavailable("the runtime folder is not ours alone")) {
            try remotePrompt.open(request)
        }
    }

    @Test("without XDG_RUNTIME_DIR it is the user's own runtime folder, if only the user can enter it")
    func custom() throws {
        let usual = "\(runtime.path)/\(geteuid())"
        func folder() throws(RemotePromptError) -> PromptFolder { try PromptFolder(runtime: nil, custom: runtime.path) }
        #expect(throws: RemotePromptError.noRuntimeFolder) { try folder() }
        mkdir(usual, 0o755)
        #expect(throws: RemotePromptError.noRuntimeFolder) { try folder() }
        chmod(usual, 0o700)
        #expect(try folder().path == usual + "/warder/asking")
        #expect(try PromptFolder(runtime: "relative", custom: runtime.path).path == usual + "/warder/asking")
        rename(usual, usual + "-elsewhere")
        symlink(usual + "-elsewhere", usual)
        #expect(throws: RemotePromptError.noRuntimeFolder) { try folder() }
    }

    @Test("whether somebody watches is known, and ends with the one who does")
    func watched() throws {
        #expect(!runtime.folder.isWatched)
        let passing = try Watcher(runtime.folder)
        withExtendedLifetime(passing) { #expect(!runtime.folder.isWatched) }
        func watch() throws {
            let first = try Watcher(runtime.folder, stays: true)
            func second() throws {
                let second = try Watcher(runtime.folder, stays: true)
                withExtendedLifetime(second) { #expect(runtime.folder.isWatched) }
            }
            try second()
            withExtendedLifetime(first) { #expect(runtime.folder.isWatched) }
        }
        try watch()
        // Other tests start programs: a child that has not come to its own yet has the descriptors of this process.
        let limit = Deadline.after(milliseconds: 60_000)
        while runtime.folder.isWatched && !limit.hasPassed { Linux.sleep(milliseconds: 10) }
        #expect(!runtime.folder.isWatched)
    }
}
