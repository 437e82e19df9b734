import Foundation
import Synchronization
import Testing
import Threads

@testable import Desktop

private let missingForLogin: String? = {
    if let missing = PrivateBus.missing { return missing }
    let python = try? Program(["/usr/bin/python3", "-c", "import dbusmock"], ["PATH": "/usr/bin:/bin"])
    return python?.end() == 0 ? nil : "not installed: python3-dbusmock"
}()

/// A watch on a thread of its own, what it heard, and how it ended.
private final class Watch: Sendable {
    private let heard = Mutex<[LoginEvent]>([])
    private let ending = Mutex<LoginWatchError?>(nil)
    var events: [LoginEvent] { heard.withLock { $0 } }
    var end: LoginWatchError? { ending.withLock { $0 } }

    init(_ address: String, reaction: @escaping @Sendable (LoginEvent) -> Void = { _ in }) {
        Thread {
            do throws(LoginWatchError) {
                try watchLogin(at: address) { event in
                    reaction(event)
                    self.heard.withLock { $0.append(event) }
                }
            } catch { self.ending.withLock { $0 = error } }
        }.start()
    }
}

@Suite("logind", .serialized, .waits, .enabled(if: missingForLogin == nil, "\(missingForLogin ?? "")"))
struct LoginTests {
    private let bus: PrivateBus
    private let mock: Program

    init() throws {
        let bus = try PrivateBus()
        let environment = bus.environment.merging(["DBUS_SYSTEM_BUS_ADDRESS": bus.address]) { $1 }
        mock = try Program(["/usr/bin/python3", "-B", "-m", "dbusmock", "--template", "logind"], environment)
        self.bus = bus
        try bus.wait { (try? Self.inhibitors(bus)) != nil }
    }

    private static func call(
        _ bus: PrivateBus, _ path: String, _ method: String, _ arguments: [String]
    ) throws -> String {
        let object = "/org/freedesktop/login1" + path
        let start = ["gdbus", "call", "--session", "-d", "org.freedesktop.login1", "-o", object, "-m", method]
        return try bus.run(start + arguments)
    }

    private static func inhibitors(_ bus: PrivateBus) throws -> String {
        try call(bus, "", "org.freedesktop.login1.Manager.ListInhibitors", [])
    }

    private func emit(_ path: String, _ interface: String, _ signal: String, _ type: String, _ value: String) throws {
        let arguments = ["org.freedesktop.login1.\(interface)", signal, type, "[\(value)]"]
        _ = try Self.call(bus, path, "org.freedesktop.DBus.Mock.EmitSignal", arguments)
    }

    private var delays: Bool {
        (try? Self.inhibitors(bus))?.contains("'sleep', 'warder', 'to lock what is unlocked', 'delay'") == true
    }

    @Test("sleep is delayed until the reaction is over, and again after it")
    func sleep() throws {
        let isDelayed = Atomic(false)
        let bus = bus
        let address = bus.address
        let watch = Watch(address) { _ in
            let environment = ["PATH": "/usr/bin:/bin", "DBUS_SESSION_BUS_ADDRESS": address]
            let words = "gdbus call --session -d org.freedesktop.login1 -o /org/freedesktop/login1 -m"
            let ask = "org.freedesktop.login1.Manager.ListInhibitors | grep -q warder"
            let program = try? Program(["sh", "-c", "\(words) \(ask)"], environment)
            isDelayed.store(program?.end() == 0, ordering: .relaxed)
        }
        try bus.wait { delays }
        try emit("", "Manager", "PrepareForSleep", "b", "<true>")
        try bus.wait { watch.events == [.suspending] }
        let wasDelayed = isDelayed.load(ordering: .relaxed)
        #expect(wasDelayed)
        try bus.wait { !delays }
        try emit("", "Manager", "PrepareForSleep", "b", "<false>")
        try bus.wait { delays }
        try emit("", "Manager", "PrepareForSleep", "b", "<true>")
        try bus.wait { watch.events == [.suspending, .suspending] }
        bus.daemon.signal(SIGKILL)
        try bus.wait { watch.end == .disconnected }
    }

    @Test("a session of this user is locked, and another's is not")
    func lock() throws {
        for (name, user) in [("ours", getuid()), ("theirs", getuid() + 1)] {
            let arguments = [name, "seat0", "\(user)", name, "true"]
            _ = try Self.call(bus, "", "org.freedesktop.DBus.Mock.AddSession", arguments)
        }
        let watch = Watch(bus.address)
        try bus.wait { delays }
        try emit("/session/theirs", "Session", "Lock", "", "")
        try emit("/session/theirs", "Session", "Unlock", "", "")
        try emit("/session/ours", "Session", "Unlock", "", "")
        try emit("/session/ours", "Session", "Lock", "", "")
        try emit("", "Manager", "PrepareForSleep", "s", "<'nonsense'>")
        try emit("", "Manager", "PrepareForSleep", "b", "<true>")
        try bus.wait { watch.events.last == .suspending }
        #expect(watch.events == [.locking, .suspending])
        bus.daemon.signal(SIGKILL)
        try bus.wait { watch.end == .disconnected }
    }

    @Test("no bus, and a bus without logind")
    func absence() throws {
        let nowhere = Watch("unix:path=/nowhere")
        try bus.wait { nowhere.end == .noBus }
        let empty = try PrivateBus()
        let watch = Watch(empty.address)
        try bus.wait { watch.end == .noLogin }
    }
}
