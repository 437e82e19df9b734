import Crypto
import Foundation
import Linux
import Secrets
import Sessions
import Testing

private let device = "arn:aws:iam::111111111111:mfa/alice"
private let now: Int64 = 1_800_000_000

@Suite("Codes that were used")
final class UsedCodesTests {
    private let folder = NSTemporaryDirectory() + "warder-" + UUID().uuidString + "/sessions"
    deinit { try? FileManager.default.removeItem(atPath: (folder as NSString).deletingLastPathComponent) }

    /// Of each test its own: what the disk does not take is kept by the kernel, under a name that the key makes.
    private let key = (0..<32).map { _ in UInt8.random(in: 0...255) }

    private func cache(flipping bits: UInt8 = 0) -> SessionCache {
        var key = SecretBytes(capacity: 32)
        for byte in self.key { key.append(byte ^ bits) }
        return SessionCache(folder: folder, key: key)
    }

    private func code(_ number: Int) -> SecretBytes {
        var code = SecretBytes(capacity: 8)
        code.append(String(number))
        return code
    }

    private func note(_ number: Int, _ device: String = device, at time: Int64 = now) throws {
        let cache = cache()
        let lock = try cache.lockCodes(device: device, until: .after(milliseconds: 10_000))
        try cache.noteUsed(code(number), device: device, now: time, random: .system)
        withExtendedLifetime(lock) {}
    }

    private func used(_ number: Int, _ device: String = device, at time: Int64 = now) throws -> Int64? {
        try cache().wasUsed(code(number), device: device, now: time)
    }

    private func files() throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "lock" }
    }

    private func onlyFile() throws -> String {
        let names = try files()
        #expect(names.count == 1)
        return folder + "/" + (names.first ?? "")
    }

    @Test("a code is remembered with its moment, for its device alone")
    func remembered() throws {
        #expect(try used(123_456) == nil)
        #expect(try files().isEmpty)
        try note(123_456)
        try note(654_321, at: now + 31)
        #expect(try used(123_456, at: now + 31) == now)
        #expect(try used(654_321, at: now + 40) == now + 31)
        #expect(try used(111_111) == nil)
        #expect(try used(123_456, device + "2") == nil)
        try note(123_456, device + "2", at: now + 5)
        #expect(try used(123_456, device + "2") == now + 5)
        #expect(try used(123_456) == now)
        #expect(try files().count == 2)
    }

    @Test("for three minutes")
    func forgotten() throws {
        try note(123_456)
        #expect(try used(123_456, at: now + 180) == now)
        #expect(try used(123_456, at: now + 181) == nil)
        #expect(try used(123_456, at: .max) == nil)
        #expect(try used(123_456, at: .min) == nil)
        try note(654_321, at: now + 181)
        #expect(try used(123_456, at: now) == nil)
    }

    @Test("a clock that is put back a little forgets nothing, and one that is put back far does not hold for long")
    func clockPutBack() throws {
        try note(123_456)
        #expect(try used(123_456, at: now - 60) == now)
        #expect(try used(123_456, at: now - 3600) == nil)
        try note(222_222, at: -5)
        #expect(try used(222_222, at: 0) == 0)
    }

    @Test("the last sixteen, and the last moment of each")
    func bounded() throws {
        for number in 0..<20 { try note(100_000 + number, at: now + Int64(number)) }
        for number in 0..<20 {
            #expect(try used(100_000 + number, at: now + 20) == (number < 4 ? nil : now + Int64(number)))
        }
        try note(100_010, at: now + 30)
        #expect(try used(100_010, at: now + 30) == now + 30)
        #expect(try used(100_004, at: now + 30) == now + 4)
    }

    @Test("damaged, foreign or of another key it is an empty memory, and is written anew")
    func damaged() throws {
        try note(123_456)
        let path = try onlyFile()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try cache(flipping: 1).wasUsed(code(123_456), device: device, now: now) == nil)
        for index in whole.indices {
            var changed = whole
            changed[index] ^= 1 << UInt8(index % 8)
            try changed.write(to: URL(fileURLWithPath: path))
            #expect(try used(123_456) == nil, "byte \(index)")
        }
        for count in stride(from: 0, to: whole.count, by: 7) {
            try whole.prefix(count).write(to: URL(fileURLWithPath: path))
            #expect(try used(123_456) == nil, "\(count) bytes")
        }
        try note(654_321)
        #expect(try used(654_321) == now)
        let other = folder + "/" + String(repeating: "0", count: 64) + ".codes"
        try FileManager.default.moveItem(atPath: path, toPath: other)
        #expect(try used(654_321) == nil)
    }

    @Test("neither the codes nor the device can be read from it")
    func opaque() throws {
        try note(123_456)
        let path = try onlyFile()
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        for part in ["123456", "alice", "arn:"] {
            #expect(file.range(of: Data(part.utf8)) == nil && !path.suffix(70).contains(part))
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("it is no session, is not dropped with them, and is swept when no code of it could be used again")
    func apart() throws {
        try note(123_456)
        #expect(try cache().all().isEmpty)
        #expect(try SessionFolder(folder).forgetAll() == 0)
        #expect(try used(123_456) == now)
        SessionFolder(folder).sweep(now: now + 180)
        #expect(try used(123_456) == now)
        SessionFolder(folder).sweep(now: now + 181)
        #expect(try files().isEmpty)
    }

    private func takeBack(_ number: Int, _ device: String = device, at time: Int64 = now) throws {
        let cache = cache()
        let lock = try cache.lockCodes(device: device, until: .after(milliseconds: 10_000))
        try cache.takeBack(code(number), device: device, now: time, random: .system)
        withExtendedLifetime(lock) {}
    }

    @Test("one that reached nobody is good again, and no other one is")
    func takenBack() throws {
        try takeBack(123_456)
        #expect(try files().isEmpty)
        try note(123_456)
        try note(654_321, at: now + 1)
        try takeBack(654_321, at: now + 2)
        #expect(try used(654_321) == nil)
        #expect(try used(123_456) == now)
        try takeBack(123_456, device + "2")
        try takeBack(111_111)
        #expect(try used(123_456) == now)
        try takeBack(123_456)
        #expect(try used(123_456) == nil)
        try note(123_456, at: now + 5)
        #expect(try used(123_456) == now + 5)
    }

    @Test("also where the kernel has kept it")
    func takenBackFromTheKernel() throws {
        try note(123_456)
        let path = try onlyFile()
        try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: false)
        guard (try? note(654_321)) != nil else { return }
        try takeBack(654_321)
        #expect(try used(654_321) == nil)
        #expect(try used(123_456) == now)
        try note(111_111)
        try FileManager.default.removeItem(atPath: path + ".new")
        try takeBack(111_111)
        #expect(try used(111_111) == nil)
        #expect(try used(123_456) == now)
    }

    @Test("whoever holds the lock of a device keeps others from it, and from no other device")
    func lock() throws {
        let cache = cache()
        let lock = try cache.lockCodes(device: device, until: .now)
        #expect(throws: SessionCacheError.busy) { _ = try cache.lockCodes(device: device, until: .now) }
        _ = try cache.lockCodes(device: device + "2", until: .now)
        withExtendedLifetime(lock) {}
    }

    @Test("where it cannot be written, the kernel keeps it for a moment, or it is an error")
    func unwritable() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
        try note(123_456)
        let path = try onlyFile()
        try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: false)
        do {
            try note(654_321)
            #expect(try used(654_321) == now)
        } catch is SessionCacheError {
            #expect(try used(654_321) == nil)
        }
        #expect(try used(123_456) == now)
    }
}
