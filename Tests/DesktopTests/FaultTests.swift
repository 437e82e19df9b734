import CGLib
import Foundation
import Linux
import Secrets
import Synchronization
import Testing
import Threads

@testable import Desktop

@Suite("without a service", .waits)
struct AbsenceTests {
    private func client(
        _ address: String?, _ folder: String? = nil, library: String? = nil, milliseconds: Int64 = 60_000
    ) -> SecretService {
        SecretService(
            busAddress: address, runtimeFolder: folder, dialogs: .never, until: .after(milliseconds: milliseconds),
            library: library ?? "libsecret-1.so.0")
    }

    @Test("no address is no bus, and none is started", arguments: [nil, "", "autolaunch:", "autolaunch:;", ";"])
    func noAddress(_ address: String?) {
        // No bus comes before no library: it is not even opened.
        #expect(throws: SecretServiceError.noBus) { try client(address, library: "/nowhere.so").isUnlocked() }
        #expect(throws: SecretServiceError.noBus) { try client(address, "/nowhere").isUnlocked() }
        #expect(throws: SecretServiceError.noBus) { try client(address, "relative").isUnlocked() }
    }

    @Test(
        "an address where nothing is, is no bus",
        arguments: [
            "unix:path=/nowhere", "garbage", "unix:", "unix:path=%", "tcp:host=127.0.0.1,port=1",
            "unixexec:path=/bin/id", "unix:path=/dev/null", "\u{1}", "autolaunch:;garbage",
        ])
    func badAddress(_ address: String) {
        #expect(throws: SecretServiceError.noBus) { try client(address).isUnlocked() }
    }

    @Test("the socket in the runtime folder serves, whatever the folder is called")
    func runtimeFolder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "a, b;c%d=é\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data().write(to: folder.appending(path: "bus"))
        #expect(throws: SecretServiceError.noBus) { try client(nil, folder.path).isUnlocked() }
        #expect(sessionBusAddress(nil, runtimeFolder: folder.path) == nil)
        try FileManager.default.removeItem(at: folder.appending(path: "bus"))
        let socket = try Listener(folder.appending(path: "bus").path)
        let address = try #require(sessionBusAddress("autolaunch:", runtimeFolder: folder.path))
        #expect(address.hasSuffix("a%2c%20b%3bc%25d%3d%c3%a9\(getpid())/bus"))
        #expect(sessionBusAddress("unix:path=/x", runtimeFolder: folder.path) == "unix:path=/x")
        #expect(throws: SecretServiceError.timedOut) {
            try client(nil, folder.path, milliseconds: 1000).isUnlocked()
        }
        socket.close()
    }

    @Test("a socket that says nothing is given up at the deadline")
    func silence() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "warder-\(UUID().uuidString.prefix(8))").path
        let socket = try Listener(path)
        let start = Deadline.now.milliseconds
        let client = SecretService(
            busAddress: "unix:path=\(path)", runtimeFolder: nil, dialogs: .never, until: .after(milliseconds: 200))
        #expect(throws: SecretServiceError.timedOut) { try client.text(["name": "alice"]) }
        // D-Bus itself would wait for 25 seconds.
        #expect(Deadline.now.milliseconds - start < 3_000)
        socket.close()
    }

    @Test("a deadline that has passed")
    func passed() {
        let client = SecretService(
            busAddress: "unix:path=/nowhere", runtimeFolder: nil, dialogs: .never, until: Deadline(milliseconds: 0))
        #expect(throws: SecretServiceError.timedOut) { try client.isUnlocked() }
    }

    @Test("no library, or one without its functions", arguments: ["libnowhere.so.0", "libc.so.6", "libgio-2.0.so.0"])
    func noLibrary(_ name: String) {
        #expect(throws: SecretServiceError.noLibrary) { try client("unix:path=/nowhere", library: name).isUnlocked() }
    }

    @Test("a library that cannot be loaded is not missing")
    func unloadable() throws {
        let path = NSTemporaryDirectory() + "warder-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("no library".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: SecretServiceError.unloadable(reason: path + ": file too short")) {
            try client("unix:path=/nowhere", library: path).isUnlocked()
        }
    }

    @Test("every function is there", .enabled(if: PrivateBus.missing == nil, "\(PrivateBus.missing ?? "")"))
    func symbols() {
        var glib = warder_glib()
        #expect(warder_glib_open(&glib, "libgio-2.0.so.0") == 1)
        #expect(Libsecret("libsecret-1.so.0") != nil)
    }

    @Test("a bus without the service", .enabled(if: PrivateBus.missing == nil, "\(PrivateBus.missing ?? "")"))
    func noService() throws {
        let bus = try PrivateBus()
        #expect(throws: SecretServiceError.noService) { try bus.client().isUnlocked() }
        #expect(throws: SecretServiceError.noService) { try bus.client().text(["name": "alice"]) }
        #expect(throws: SecretServiceError.noService) { try bus.client().put("x", ["name": "alice"]) }
        let broken = try PrivateBus(activation: "/bin/false")
        #expect(throws: SecretServiceError.noService) { try broken.client().isUnlocked() }
        let absent = try PrivateBus(activation: "/nowhere/service")
        #expect(throws: SecretServiceError.noService) { try absent.client().isUnlocked() }
        let hung = try PrivateBus(activation: "/bin/sleep 60")
        #expect(throws: SecretServiceError.timedOut) { try hung.client(milliseconds: 300).isUnlocked() }
    }

    @Test("a stopped bus", .enabled(if: PrivateBus.missing == nil, "\(PrivateBus.missing ?? "")"))
    func stoppedBus() throws {
        let bus = try PrivateBus()
        bus.daemon.signal(SIGSTOP)
        #expect(throws: SecretServiceError.timedOut) { try bus.client(milliseconds: 300).isUnlocked() }
        bus.daemon.signal(SIGCONT)
        #expect(throws: SecretServiceError.noService) { try bus.client().isUnlocked() }
    }
}

/// A service of the tests' own, that does what gnome-keyring would not.
@Suite(
    "a service with faults", .serialized, .waits,
    .enabled(if: missingForFakes == nil, "\(missingForFakes ?? "")"))
struct FaultTests {
    /// Counts announcements of dialogs.
    final class Counter: Sendable {
        let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        var policy: DialogPolicy { .allowed { self.count.add(1, ordering: .relaxed) } }
    }

    @Test("a second implementation: round trip, encrypted, as text")
    func roundTrip() throws {
        let bus = try PrivateBus.withFake("good")
        let client = bus.client()
        #expect(try client.text(["name": "alice"]) == "s3cret")
        try client.put("new", ["name": "alice"], label: "renamed")
        #expect(try client.text(["name": "alice"]) == "new")
        try client.put("bob's", ["name": "bob"])
        #expect(try client.text(["name": "bob"]) == "bob's")
        let items = try client.items(schema, [:])
        #expect(items.map { $0.label }.sorted() == ["a label", "renamed"])
        #expect(items.map { $0.attributes["name"] ?? "" }.sorted() == ["alice", "bob"])
        #expect(items.allSatisfy { $0.attributes.count == 1 })
        #expect(try client.remove(schema, ["name": "bob"]))
        #expect(try client.text(["name": "bob"]) == nil)
        #expect(bus.calls.contains("SetSecret text/plain"))
        #expect(bus.calls.contains("CreateItem text/plain True"))
        #expect(!bus.calls.contains("OpenSession plain"))
    }

    @Test("without leave nothing asks: not even Unlock is called")
    func never() throws {
        let bus = try PrivateBus.withFake("asking")
        let client = bus.client()
        #expect(throws: SecretServiceError.locked) { try client.text(["name": "alice"]) }
        #expect(throws: SecretServiceError.locked) { try client.put("x", ["name": "alice"]) }
        #expect(throws: SecretServiceError.locked) { try client.remove(schema, ["name": "alice"]) }
        #expect(throws: SecretServiceError.locked) { try client.items(schema, ["name": "alice"]) }
        #expect(throws: SecretServiceError.locked) { try client.unlock() }
        #expect(Set(bus.calls) == ["SearchItems"])

        let empty = try PrivateBus.withFake("empty")
        #expect(try !empty.client().isUnlocked())
        #expect(try empty.client().text(["name": "alice"]) == nil)
        #expect(throws: SecretServiceError.noCollection) { try empty.client().put("x", ["name": "alice"]) }
        #expect(throws: SecretServiceError.noCollection) { try empty.client().unlock() }
        #expect(Set(empty.calls) == ["SearchItems"])
    }

    @Test("with leave it is unlocked, and announced once")
    func asking() throws {
        let counter = Counter()
        var bus = try PrivateBus.withFake("asking")
        #expect(try bus.client(counter.policy).text(["name": "alice"]) == "s3cret")
        #expect(counter.value == 1)
        bus = try PrivateBus.withFake("asking")
        try bus.client(counter.policy).put("new", ["name": "alice"])
        #expect(try bus.client().text(["name": "alice"]) == "new")
        #expect(counter.value == 2)
        bus = try PrivateBus.withFake("asking")
        #expect(try bus.client(counter.policy).remove(schema, ["name": "alice"]))
        bus = try PrivateBus.withFake("asking")
        try bus.client(counter.policy).unlock()
        #expect(try bus.client().isUnlocked())
        #expect(counter.value == 4)
        bus = try PrivateBus.withFake("empty")
        try bus.client(counter.policy).put("first", ["name": "carol"])
        #expect(try bus.client().text(["name": "carol"]) == "first")
        #expect(counter.value == 5)
        #expect(bus.calls.contains("CreateCollection default"))
    }

    @Test("a dismissed dialog, once asked for")
    func dismissing() throws {
        let counter = Counter()
        let bus = try PrivateBus.withFake("dismissing")
        let client = bus.client(counter.policy)
        #expect(throws: SecretServiceError.dismissed) { try client.text(["name": "alice"]) }
        #expect(throws: SecretServiceError.dismissed) { try client.put("x", ["name": "alice"]) }
        #expect(throws: SecretServiceError.dismissed) { try client.unlock() }
        #expect(counter.value == 1)
    }

    @Test("a service that goes away while its dialog stands")
    func vanishing() throws {
        let bus = try PrivateBus.withFake("vanishing")
        #expect(throws: SecretServiceError.disconnected) { try bus.client(Counter().policy).unlock() }
    }

    @Test("a dialog that nobody answers is taken down at the deadline")
    func lingering() throws {
        let bus = try PrivateBus.withFake("lingering")
        // Before the dialog stands there is nothing to take down: on a busy machine that takes a longer deadline.
        var patience: Int64 = 1500
        while !bus.calls.contains("Prompt") && patience < 60_000 {
            let client = bus.client(Counter().policy, milliseconds: patience)
            #expect(throws: SecretServiceError.timedOut) { try client.text(["name": "alice"]) }
            patience *= 2
        }
        try bus.wait { bus.calls.contains("Dismiss") }
    }

    @Test(
        "what the service does in the middle, and what is said of it",
        arguments: [
            ("dying", SecretServiceError.disconnected), ("hanging", .timedOut), ("mistyping", .malformed),
            ("garbling", .malformed), ("mute", .timedOut),
            ("plain", .refused(reason: "the service takes no encrypted secrets")),
        ])
    func faults(_ mode: String, _ error: SecretServiceError) throws {
        let bus = try PrivateBus.withFake(mode)
        // What is not to be cut off has the time that a busy machine takes for it.
        let client = error == .timedOut ? bus.client(milliseconds: 1500) : bus.client()
        if mode == "mute" {
            #expect(throws: error) { try client.isUnlocked() }
        } else {
            #expect(throws: error) { try client.text(["name": "alice"]) }
        }
    }

    @Test("an item that goes away in the middle is none")
    func forgetful() throws {
        let bus = try PrivateBus.withFake("forgetful")
        #expect(try bus.client().text(["name": "alice"]) == nil)
    }

    @Test("an item that was not searched for is not taken")
    func lying() throws {
        let bus = try PrivateBus.withFake("lying")
        #expect(try bus.client().text(["name": "mallory"]) == nil)
        #expect(!bus.calls.contains("GetSecret"))
    }

    @Test("what the service says comes on one line, its control characters as numbers")
    func noisy() throws {
        let bus = try PrivateBus.withFake("noisy")
        let shown = #"one\u{a}two\u{1b}[31m"# + String(repeating: "x", count: 288) + "…"
        #expect(throws: SecretServiceError.refused(reason: shown)) {
            try bus.client().text(["name": "alice"])
        }
    }

    @Test("nothing is given for a plain session, nor taken")
    func plain() throws {
        let bus = try PrivateBus.withFake("plain")
        #expect(throws: SecretServiceError.self) { try bus.client().put("hidden", ["name": "alice"]) }
        #expect(!bus.calls.contains { $0.hasPrefix("CreateItem") || $0.hasPrefix("SetSecret") })
    }

    @Test("a service that is slow to start is waited for")
    func slow() throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "fake_service.py").path
        let calls = FileManager.default.temporaryDirectory.appending(path: "warder-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: calls) }
        let bus = try PrivateBus(activation: "/usr/bin/python3 -B \(script) slow \(calls)")
        #expect(try bus.client().text(["name": "alice"]) == "s3cret")
    }

    @Test("a bus that dies in the middle ends the call, and not the process")
    func dyingBus() throws {
        let bus = try PrivateBus.withFake("hanging")
        let (daemon, calls) = (bus.daemon, bus.callsFile)
        let killer = Thread {
            let limit = Deadline.after(milliseconds: 30_000)
            while !limit.hasPassed {
                if (try? String(contentsOfFile: calls, encoding: .utf8))?.contains("GetSecret") == true { break }
                usleep(10_000)
            }
            daemon.signal(SIGKILL)
        }
        killer.start()
        #expect(throws: SecretServiceError.disconnected) { try bus.client().text(["name": "alice"]) }
    }
}

private let missingForFakes = PrivateBus.missing ?? PrivateBus.missingPython

/// A socket that accepts, and says nothing.
final class Listener {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(descriptor, 5) == 0 else { throw Failure(what: "bind", code: errno) }
    }

    func close() {
        Glibc.close(descriptor)
        unlink(path)
    }
}
