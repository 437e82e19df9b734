import Crypto
import Foundation
import Linux
import Secrets
import Sessions
import Testing

/// A cache in a folder of a test's own.
private final class Scratch {
    let folder = NSTemporaryDirectory() + "warder-" + UUID().uuidString + "/sessions"
    deinit { try? FileManager.default.removeItem(atPath: (folder as NSString).deletingLastPathComponent) }

    func cache(_ byte: UInt8 = 7) -> SessionCache {
        var key = SecretBytes(capacity: 32)
        for _ in 0..<32 { key.append(byte) }
        return SessionCache(folder: folder, key: key)
    }
}

private let label = SessionLabel(
    profile: "prod", key: "alice", role: "arn:aws:iam::222222222222:role/Admin", mfaDevice: nil, issued: 1_000)

private func session(secret: StaticString = "the secret", expiration: Int64 = 4_000_000_000) -> Session {
    Session(
        credentials: Credentials(
            accessKeyID: "ASIAEXAMPLE", secret: SecretBytes(secret), sessionToken: SecretBytes("token"),
            expiration: expiration, accountID: "222222222222"),
        label: label)
}

private func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

/// Whether an optional of a type that cannot be copied, and so not compared, is nil.
func isAbsent<Value: ~Copyable>(_ value: borrowing Value?) -> Bool {
    switch value {
    case .some: false
    case .none: true
    }
}

@Suite("The session cache")
struct SessionCacheTests {
    private let scratch = Scratch()

    private func publish(_ session: borrowing Session, as identity: String) throws -> String {
        let cache = scratch.cache()
        let name = try cache.name(of: Array(identity.utf8))
        let lock = try cache.lock(name, until: .now)
        try cache.publish(session, name, random: .system)
        withExtendedLifetime(lock) {}
        return name
    }

    @Test("a session comes back as it was published")
    func roundTrip() throws {
        let name = try publish(session(), as: "a")
        switch try scratch.cache().session(name) {
        case .some(let found):
            #expect(found.label == label)
            #expect(found.credentials.accessKeyID == "ASIAEXAMPLE")
            #expect(text(found.credentials.secret) == "the secret")
            #expect(found.credentials.expiration == 4_000_000_000)
            #expect(found.credentials.accountID == "222222222222")
            switch found.credentials.sessionToken {
            case .some(let token): #expect(text(token) == "token")
            case .none: Issue.record("the token is lost")
            }
        case .none: Issue.record("no session")
        }
    }

    @Test("a time before 1970, which a machine without a clock has, is no reason to fall over")
    func beforeTheEpoch() throws {
        let name = try publish(session(expiration: -5), as: "old")
        let sessions = try scratch.cache().all()
        #expect(sessions.map(\.name) == [name])
        #expect(sessions.map(\.expiration) == [0])
    }

    @Test("nothing of it can be read from the file or its name")
    func opaque() throws {
        let name = try publish(session(), as: "alice arn:aws:iam::222222222222:role/Admin")
        let file = try Data(contentsOf: URL(fileURLWithPath: scratch.folder + "/" + name))
        for part in ["the secret", "ASIA", "prod", "alice", "222222222222", "token"] {
            #expect(file.range(of: Data(part.utf8)) == nil)
            #expect(!name.contains(part))
        }
    }

    @Test("a file of another name, another key, or with any byte flipped, is as if it were not there")
    func bound() throws {
        let name = try publish(session(), as: "a")
        let path = scratch.folder + "/" + name
        let other = try scratch.cache().name(of: Array("b".utf8))
        try FileManager.default.copyItem(atPath: path, toPath: scratch.folder + "/" + other)
        do {
            let absent = try isAbsent(scratch.cache().session(other))
            #expect(absent)
        }
        do {
            let absent = try isAbsent(scratch.cache(8).session(name))
            #expect(absent)
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in whole.indices {
            var flipped = whole
            flipped[index] ^= 1 << UInt8(index % 8)
            try flipped.write(to: URL(fileURLWithPath: path))
            do {
                let absent = try isAbsent(scratch.cache().session(name))
                #expect(absent, "byte \(index)")
            }
        }
        for count in 0..<whole.count {
            try whole.prefix(count).write(to: URL(fileURLWithPath: path))
            do {
                let absent = try isAbsent(scratch.cache().session(name))
                #expect(absent, "\(count) bytes")
            }
        }
    }

    @Test("two identities have two names, and each key its own")
    func names() throws {
        let a = try scratch.cache().name(of: [1, 2])
        #expect(try scratch.cache().name(of: [1, 3]) != a)
        #expect(try scratch.cache(9).name(of: [1, 2]) != a)
        #expect(a.count == 64)
    }

    @Test("what has ended is swept without a key, what has not stays")
    func sweep() throws {
        let ended = try publish(session(expiration: 1_000), as: "ended")
        let live = try publish(session(expiration: 4_000_000_000), as: "live")
        SessionFolder(scratch.folder).sweep(now: wallClock())
        #expect(try SessionFolder(scratch.folder).names() == [live])
        do {
            let absent = try isAbsent(scratch.cache().session(ended))
            #expect(absent)
        }
    }

    @Test("what is being made anew is not swept")
    func sweepBesideMaking() throws {
        let ended = try publish(session(expiration: 1_000), as: "ended")
        do {
            let lock = try scratch.cache().lock(ended, until: .now)
            SessionFolder(scratch.folder).sweep(now: wallClock())
            #expect(try SessionFolder(scratch.folder).names() == [ended])
            withExtendedLifetime(lock) {}
        }
        // A child that another test starts has a copy of the lock until it runs its own program.
        let limit = Deadline.after(milliseconds: 10_000)
        repeat {
            SessionFolder(scratch.folder).sweep(now: wallClock())
        } while try !SessionFolder(scratch.folder).names().isEmpty && !limit.hasPassed
        #expect(try SessionFolder(scratch.folder).names().isEmpty)
    }

    @Test("what a killed process left half written is swept after a minute")
    func sweepHalfWritten() throws {
        let name = try publish(session(), as: "live")
        let half = scratch.folder + "/" + name + ".new"
        #expect(FileManager.default.createFile(atPath: half, contents: Data([1])))
        SessionFolder(scratch.folder).sweep(now: wallClock())
        #expect(FileManager.default.fileExists(atPath: half))
        SessionFolder(scratch.folder).sweep(now: wallClock() + 3600)
        #expect(!FileManager.default.fileExists(atPath: half))
        #expect(try SessionFolder(scratch.folder).names() == [name])
    }

    @Test("a cache that was removed under a lock is made anew")
    func removedCache() throws {
        let cache = scratch.cache()
        let name = try cache.name(of: [1])
        let lock = try cache.lock(name, until: .now)
        try FileManager.default.removeItem(atPath: scratch.folder)
        try cache.publish(session(), name, random: .system)
        do {
            let absent = try isAbsent(cache.session(name))
            #expect(!absent)
        }
        withExtendedLifetime(lock) {}
    }

    @Test("the list of keys is kept with it, and is no session")
    func index() throws {
        let keys = [
            IndexedKey(name: "alice", accessKeyID: "AKIAEXAMPLE", accountID: nil, createdAt: 12),
            IndexedKey(
                name: "bob", accessKeyID: "AKIABOB", accountID: "111111111111", createdAt: 0, hasTOTPSeed: true,
                unfinishedFrom: 0),
            IndexedKey(name: "carol", accessKeyID: "AKIACAROL", accountID: nil, createdAt: 1, unfinishedFrom: 1_790),
        ]
        #expect(try scratch.cache().keyIndex(generation: 3) == nil)
        _ = try publish(session(), as: "a")
        try scratch.cache().noteKeys(keys, generation: 3, random: .system)
        #expect(try scratch.cache().keyIndex(generation: 3) == keys)
        #expect(try scratch.cache().keyIndex(generation: 4) == nil)
        #expect(try scratch.cache().all().count == 1)
        try SessionFolder(scratch.folder).forgetAll()
        #expect(try scratch.cache().keyIndex(generation: 3) == keys)
        #expect(try scratch.cache().all().isEmpty)
    }
}

@Suite("Failures that are shared")
struct SharedFailureTests {
    private let scratch = Scratch()

    private func failure(at moment: Int64, for audience: SharedFailure.Audience = .alikeAndLater) -> SharedFailure {
        SharedFailure(
            code: 5, message: "no", hint: "try", moment: Deadline(milliseconds: moment), audience: audience,
            circumstances: [1, 2])
    }

    private func answers(
        _ failure: SharedFailure, since start: Int64, lateness: Int64, now: Int64 = 12_000,
        _ circumstances: [UInt8] = [1, 2]
    ) -> Bool {
        failure.answers(
            waitingSince: Deadline(milliseconds: start), lateness: lateness, now: Deadline(milliseconds: now)
        ) { _ in circumstances }
    }

    @Test("whoever waited while it came about is answered, and whoever comes soon after if it is for them")
    func reach() {
        #expect(answers(failure(at: 10_000), since: 9_000, lateness: 0))
        #expect(answers(failure(at: 10_000), since: 10_000, lateness: 0))
        #expect(!answers(failure(at: 10_000), since: 10_001, lateness: 0))
        #expect(answers(failure(at: 10_000), since: 15_000, lateness: 5_000, now: 15_000))
        #expect(!answers(failure(at: 10_000), since: 15_001, lateness: 5_000, now: 15_001))
        #expect(answers(failure(at: 10_000, for: .alike), since: 9_000, lateness: 5_000))
        #expect(!answers(failure(at: 10_000, for: .alike), since: 10_001, lateness: 5_000))
    }

    @Test("who asks for the same in another way is not answered by what AWS said")
    func circumstances() {
        for audience in [SharedFailure.Audience.alike, .alikeAndLater] {
            #expect(!answers(failure(at: 10_000, for: audience), since: 9_000, lateness: 5_000, [1, 3]))
            #expect(!answers(failure(at: 10_000, for: audience), since: 9_000, lateness: 5_000, []))
        }
    }

    @Test("what a person declined answers whoever waited, and those later who would ask in the same places")
    func persons() {
        for audience in [SharedFailure.Audience.waiting, .waitingAndLater] {
            #expect(answers(failure(at: 10_000, for: audience), since: 9_000, lateness: 0, [1, 3]))
            #expect(!answers(failure(at: 10_000, for: audience), since: 11_000, lateness: 5_000, [1, 3]))
        }
        #expect(answers(failure(at: 10_000, for: .waitingAndLater), since: 11_000, lateness: 5_000))
        #expect(!answers(failure(at: 10_000, for: .waiting), since: 11_000, lateness: 5_000))
    }

    @Test("one of the future is of another machine or another time, and one of long ago of a process that was held up")
    func age() {
        #expect(!answers(failure(at: 10_000), since: 9_000, lateness: 5_000, now: 9_999))
        #expect(answers(failure(at: 10_000), since: 9_000, lateness: 5_000, now: 20_000))
        #expect(!answers(failure(at: 10_000), since: 9_000, lateness: 5_000, now: 20_001))
    }

    @Test("it comes back as it was noted, to the same boot alone, until a session is published or forgotten")
    func noted() throws {
        let cache = scratch.cache()
        let name = try cache.name(of: [1])
        for audience in [SharedFailure.Audience.alike, .waitingAndLater] {
            let noted = failure(at: 12, for: audience)
            // A child that another test starts has a copy of the last round's lock until it runs its own program.
            let lock = try cache.lock(name, until: .after(milliseconds: 10_000))
            try cache.note(noted, name, boot: "this", random: .system)
            #expect(try cache.failure(name, boot: "this") == noted)
            #expect(try cache.failure(name, boot: "that") == nil)
            if audience == .alike { try cache.publish(session(), name, random: .system) }
            withExtendedLifetime(lock) {}
            if audience != .alike { try SessionFolder(scratch.folder).forgetAll(until: .after(milliseconds: 10_000)) }
        }
        #expect(try cache.failure(name, boot: "this") == nil)
    }

    @Test("circumstances are told apart under one key, and mean nothing under another")
    func digests() {
        let cache = scratch.cache()
        let digest = cache.digest(SecretBytes("AWS_CA_BUNDLE=/a"))
        #expect(digest.count == 32 && digest == cache.digest(SecretBytes("AWS_CA_BUNDLE=/a")))
        #expect(digest != cache.digest(SecretBytes("AWS_CA_BUNDLE=/b")))
        #expect(digest != scratch.cache(8).digest(SecretBytes("AWS_CA_BUNDLE=/a")))
    }
}

@Suite("The unlocked state")
struct UnlockedStateTests {
    private let store = UUID().uuidString

    private func key() -> SecretBytes { SecretBytes("0123456789abcdef0123456789abcdef") }

    @Test("a key is lent for a time and taken back")
    func life() throws {
        let state = UnlockedState(.sessionCache, store: store, runtimeFolder: "/dev/shm")
        do {
            let absent = isAbsent(state.key())
            #expect(absent)
        }
        try state.unlock(key(), seconds: 60)
        switch state.key() {
        case .some(let found): #expect(text(found) == text(key()))
        case .none: Issue.record("it is locked")
        }
        let left = try #require(state.deadline).remaining
        #expect(left > 50_000 && left <= 60_000)
        #expect(try state.lock())
        do {
            let absent = isAbsent(state.key())
            #expect(absent)
        }
        #expect(try state.lock() == false)
    }

    @Test("what is held back is not there, and says so, until it is unlocked again")
    func held() throws {
        let state = UnlockedState(.sessionCache, store: store, runtimeFolder: "/dev/shm")
        #expect(!state.isHeld)
        try state.unlock(key(), seconds: 60)
        #expect(!state.isHeld)
        #expect(try state.hold())
        #expect(state.isHeld && state.deadline == nil)
        #expect(try state.hold() == false)
        try state.unlock(key(), seconds: 60)
        #expect(!state.isHeld && state.deadline != nil)
        try state.lock()
        #expect(!state.isHeld)
    }

    @Test("the vault's key lies apart from the session-cache key")
    func apart() throws {
        let cache = UnlockedState(.sessionCache, store: store, runtimeFolder: "/dev/shm")
        let vault = UnlockedState(.vaultKey, store: store, runtimeFolder: "/dev/shm")
        try vault.unlock(key(), seconds: 60)
        #expect(cache.deadline == nil && vault.deadline != nil)
        #expect(try cache.lock() == false)
        #expect(try vault.lock())
    }
}
