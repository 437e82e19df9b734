import Foundation
import Linux
import Testing
import Threads

@testable import Desktop

private typealias Notification = Desktop.Notification

/// A bus with a notification daemon of the tests' own.
private final class Notified {
    let bus: PrivateBus
    private let daemon: Program
    private var log: String { bus.folder.path + "/notifications" }

    init(_ mode: String = "") throws {
        bus = try PrivateBus()
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "notification_daemon.py").path
        daemon = try Program(
            ["/usr/bin/python3", "-B", script, bus.folder.path + "/notifications", mode], bus.environment)
        let limit = Deadline.after(milliseconds: 30_000)
        while try calls().isEmpty && !limit.hasPassed { sleep(milliseconds: 20) }
    }

    /// What it was called with.
    func calls() throws -> [[String: Any]] {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return try text.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
    }

    func show(_ summary: String, _ body: String, milliseconds: Int64 = 20_000) -> Notification? {
        Notification.show(
            summary, body: body, busAddress: bus.address, runtimeFolder: nil, until: .after(milliseconds: milliseconds))
    }
}

@Suite(
    "Notifications", .serialized, .waits,
    .enabled(if: PrivateBus.missing == nil && PrivateBus.missingPython == nil, "the bus or Python's D-Bus is missing"))
struct NotificationTests {
    @Test("one is shown, and taken away")
    func shown() throws {
        let notified = try Notified()
        let notification = try #require(notified.show("MFA code for prod", "terraform (4711) waits"))
        #expect(notification.close(until: .after(milliseconds: 20_000)))
        let calls = try notified.calls()
        #expect(calls.map { $0["call"] as? String } == ["ready", "Notify", "Close"])
        #expect(calls[1]["summary"] as? String == "MFA code for prod")
        #expect(calls[1]["body"] as? String == "terraform (4711) waits")
        #expect(calls[1]["program"] as? String == "warder" && calls[1]["category"] as? String == "x-warder.asking")
        #expect(calls[1]["timeout"] as? Int == -1 && calls[1]["replaced"] as? Int == 0)
        #expect(calls[2]["identifier"] as? Int == 41)
    }

    @Test("names that are markup, or hold what cannot be sent, are shown as they are")
    func hostile() throws {
        let notified = try Notified()
        let name = "<b>&\"x\"</b>\0\u{1b}[2J\u{202e}"
        #expect(notified.show(name, name + "\n" + String(repeating: "y", count: 5000)) != nil)
        let call = try #require(try notified.calls().last)
        #expect(call["summary"] as? String == "<b>&\"x\"</b>\\u{0}\\u{1b}[2J\\u{202e}")
        let body = try #require(call["body"] as? String)
        #expect(body.hasPrefix("&lt;b&gt;&amp;&quot;x&quot;&lt;/b&gt;\\u{0}\\u{1b}[2J\\u{202e}\nyyy"))
        #expect(body.count < 600)
    }

    @Test("a daemon that does not answer, or says no, holds up nobody", arguments: ["silent", "broken"])
    func faulty(mode: String) throws {
        let notified = try Notified(mode)
        // What came too late for the daemon to hear of it has shown nothing: once more, with more time.
        var patience: Int64 = mode == "silent" ? 500 : 20_000
        repeat {
            let began = Deadline.now
            #expect(notified.show("a", "b", milliseconds: patience) == nil)
            #expect(Deadline.now.milliseconds - began.milliseconds < patience + 15_000)
            patience *= 2
        } while try notified.calls().count < 2 && patience < 20_000
        #expect(try notified.calls().map { $0["call"] as? String } == ["ready", "Notify"])
    }

    @Test("without a daemon, without a bus, and with one that is gone there is none")
    func absent() throws {
        let bus = try PrivateBus()
        func show(_ address: String?, _ folder: String? = nil) -> Notification? {
            Notification.show(
                "a", body: "b", busAddress: address, runtimeFolder: folder, until: .after(milliseconds: 20_000))
        }
        #expect(show(bus.address) == nil)
        #expect(show(nil) == nil)
        #expect(show("autolaunch:") == nil)
        #expect(show("unix:path=/nowhere/bus") == nil)
        #expect(show(nil, "/nowhere") == nil)
        #expect(show(nil, bus.folder.path) == nil)
    }

    @Test("where there is no address, the bus of the runtime folder is asked")
    func runtimeFolder() throws {
        let notified = try Notified()
        let notification = Notification.show(
            "a", body: "b", busAddress: nil, runtimeFolder: notified.bus.folder.path,
            until: .after(milliseconds: 20_000))
        #expect(notification != nil)
    }
}
