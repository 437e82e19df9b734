import Failures
import RoomSupport
import Secrets
import Sessions
import Setup
import Testing
import Vault

@testable import Stores

/// What every store does alike. A new kind of store is added to `StoreUnderTest`, and nowhere else here.
@Suite("Stores: what every store does")
struct ConformanceTests {
    private func record(
        _ name: String, id: String = "AKIAALICE0000000", _ text: String = "s3cret", seed: String? = nil,
        device: String? = nil
    ) throws -> AccessKeyRecord {
        let summary = AccessKeySummary(
            name: try #require(KeyName(name)), accessKeyID: id, createdAt: 1_732_176_000, accountID: "111111111111",
            principalARN: "arn:aws:iam::111111111111:user/\(name)", mfaSerial: "arn:aws:iam::111111111111:mfa/\(name)")
        var record = AccessKeyRecord(summary, secret: secret(text))
        if let seed { record.totp = StoredSeed(text: secret(seed), device: device) }
        return record
    }

    /// The record of that name as the store has it; nil where it has none.
    private func stored(_ name: String, _ store: any KeyStore) throws -> SharedRecord? {
        let record = try store.record(try #require(KeyName(name)))
        switch consume record {
        case .some(let record): return SharedRecord(record)
        case .none: return nil
        }
    }

    @Test("a stored key comes back whole, in another process too", arguments: StoreUnderTest.all)
    func comesBack(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let record = try record("alice", seed: "otpauth://totp/a?secret=MZXW6", device: "arn:aws:iam::1:mfa/x")
        let store = try place.store()
        try store.put(record, replacing: false)
        for store in [store, try place.store()] {
            let found = try #require(try stored("alice", store))
            let isSame = found.isSame(as: record)
            let copy = found.copy()
            #expect(isSame)
            #expect(copy.summary == record.summary)
        }
    }

    @Test("what is not there is told apart from what is", arguments: StoreUnderTest.all)
    func absent(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let store = try place.store()
        try store.put(record("alice"), replacing: false)
        let bob = try #require(KeyName("bob"))
        #expect(try stored("bob", store) == nil)
        for failure in [refusal { try store.remove(bob) }, refusal { _ = try store.change(bob) { _ in } }] {
            #expect(failure?.code == .notFound && failure?.message == "there is no key named bob")
            #expect(failure?.hint == "run warder list, or warder add bob")
        }
        #expect(try store.listing(noted: []).map(\.name) == ["alice"])
    }

    @Test("a name that is taken stays with its key", arguments: StoreUnderTest.all)
    func taken(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let store = try place.store()
        defer { withExtendedLifetime(place) {} }
        let first = try record("alice", "first")
        try store.put(first, replacing: false)
        let failure = refusal { try store.put(record("alice", "second"), replacing: false) }
        #expect(failure?.code == .other && failure?.message == "there is a key named alice already")
        #expect(failure?.hint == "warder add --replace alice, or choose another name")
        let isFirst = try stored("alice", store)?.isSame(as: first)
        #expect(isFirst == true)
    }

    @Test(
        "replacing takes the key's place and keeps its seed, unless the new one has its own",
        arguments: StoreUnderTest.all)
    func replacing(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let store = try place.store()
        try store.put(record("alice", "first", seed: "otpauth://one", device: "d"), replacing: false)
        try store.put(record("bob", "of bob"), replacing: false)
        try store.put(record("alice", id: "AKIASECOND000000", "second"), replacing: true)
        let kept = try record("alice", id: "AKIASECOND000000", "second", seed: "otpauth://one", device: "d")
        let isKept = try stored("alice", place.store())?.isSame(as: kept)
        #expect(isKept == true)
        try store.put(record("alice", "third", seed: "otpauth://two"), replacing: true)
        let third = try record("alice", "third", seed: "otpauth://two")
        let isThird = try stored("alice", place.store())?.isSame(as: third)
        #expect(isThird == true)
        // Where there is none, it is stored.
        try store.put(record("carol"), replacing: true)
        #expect(try store.listing(noted: []).map(\.name).sorted() == ["alice", "bob", "carol"])
        let bob = try record("bob", "of bob")
        let isBob = try stored("bob", store)?.isSame(as: bob)
        #expect(isBob == true)
    }

    @Test("several keys are stored in one change, or none if a name is taken", arguments: StoreUnderTest.all)
    func several(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let store = try place.store()
        let before = try store.head()?.generation ?? 0
        try store.put(
            [SharedRecord(record("alice", seed: "otpauth://a")), SharedRecord(record("bob", "of bob"))],
            replacing: false)
        let after = try place.store().head()?.generation ?? 0
        #expect(after <= before + 1)
        let failure = refusal {
            try store.put(
                [SharedRecord(record("carol")), SharedRecord(record("bob", "another"))], replacing: false)
        }
        #expect(failure?.message.contains("bob") == true)
        let twice = refusal {
            try store.put([SharedRecord(record("dan")), SharedRecord(record("dan", "other"))], replacing: false)
        }
        #expect(twice != nil)
        let other = try place.store()
        #expect(try other.listing(noted: []).map(\.name).sorted() == ["alice", "bob"])
        #expect(try other.head()?.generation ?? 0 == after)
        try store.put([SharedRecord(record("alice", "new")), SharedRecord(record("carol"))], replacing: true)
        try store.readAgain()
        let new = try record("alice", "new", seed: "otpauth://a")
        let isNew = try stored("alice", store)?.isSame(as: new)
        #expect(isNew == true)
    }

    @Test("a key is changed where it lies", arguments: StoreUnderTest.all)
    func changing(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let store = try place.store()
        let alice = try #require(KeyName("alice"))
        try store.put(record("alice"), replacing: false)
        let with = try store.change(alice) { $0.totp = StoredSeed(text: secret("otpauth://x"), device: nil) }
        #expect(with.name == alice && with.hasTOTPSeed)
        let seeded = try record("alice", seed: "otpauth://x")
        let hasSeed = try stored("alice", place.store())?.isSame(as: seeded)
        #expect(hasSeed == true)
        let without = try store.change(alice) { $0.totp = nil }
        #expect(!without.hasTOTPSeed)
        let plain = try record("alice")
        let hasNone = try stored("alice", place.store())?.isSame(as: plain)
        #expect(hasNone == true)
    }

    @Test("removing takes one key away and leaves the rest; the last may go too", arguments: StoreUnderTest.all)
    func removing(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let store = try place.store()
        try store.put(record("alice"), replacing: false)
        try store.put(record("bob"), replacing: false)
        try store.remove(try #require(KeyName("alice")))
        #expect(try stored("alice", place.store()) == nil)
        #expect(try stored("bob", place.store()) != nil)
        try store.remove(try #require(KeyName("bob")))
        #expect(try store.listing(noted: []).isEmpty)
        try store.put(record("alice"), replacing: false)
        #expect(try stored("alice", place.store()) != nil)
    }

    @Test("a list shows names, ids and seeds, and no secret", arguments: StoreUnderTest.all)
    func listing(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let store = try place.store()
        try store.put(record("bob", id: "AKIABOB000000000", seed: "otpauth://x"), replacing: false)
        try store.put(record("alice"), replacing: false)
        let noted = [
            IndexedKey(
                name: "alice", accessKeyID: "AKIAALICE0000000", accountID: "111111111111", createdAt: 1_732_176_000),
            IndexedKey(
                name: "bob", accessKeyID: "AKIABOB000000000", accountID: "111111111111", createdAt: 1_732_176_000,
                hasTOTPSeed: true),
        ]
        let listed = try place.store().listing(noted: noted).sorted { $0.name < $1.name }
        #expect(listed == noted)
    }

    @Test(
        "names are kept to the letter", arguments: StoreUnderTest.all,
        [
            "alice@example.com", "a/b", "a,b:c", "a=b", ".", "..", "/", "../../etc/passwd", "-h", "%00",
            "ABCXYZabcxyz0123456789._@+=,:/%-", String(repeating: "x", count: 128),
        ])
    func oddNames(_ kind: StoreUnderTest, _ name: String) throws {
        let place = try kind.place()
        let record = try record(name)
        try place.store().put(record, replacing: false)
        let isSame = try stored(name, place.store())?.isSame(as: record)
        #expect(isSame == true)
        #expect(try place.store().listing(noted: []).map(\.name) == [name])
    }

    @Test("names that differ by case are two", arguments: StoreUnderTest.all)
    func byCase(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let store = try place.store()
        try store.put(record("Prod", "upper"), replacing: false)
        try store.put(record("prod", "lower"), replacing: false)
        let upper = try #require(try stored("Prod", store)).copy()
        let lower = try #require(try stored("prod", store)).copy()
        #expect(text(upper.secret) == "upper" && text(lower.secret) == "lower")
    }

    @Test(
        "the key that encrypts sessions outlives every change, and is the same to every process",
        arguments: StoreUnderTest.all)
    func sessionCacheKey(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let store = try place.store()
        try store.put(record("alice"), replacing: false)
        let key = text(try store.sessionCacheKey().inHexadecimal)
        #expect(key.utf8.count == 64)
        let head = try #require(try store.head())
        try store.put(record("bob"), replacing: false)
        _ = try store.change(try #require(KeyName("alice"))) { $0.totp = nil }
        try store.remove(try #require(KeyName("alice")))
        let same = try store.sessionCacheKey()
        let other = try place.store().sessionCacheKey()
        #expect(text(same.inHexadecimal) == key && text(other.inHexadecimal) == key)
        #expect(try store.head()?.identifier == head.identifier)
        #expect(try place.store().head()?.identifier == head.identifier)
    }

    @Test("it opens once, and not where another process has opened it", arguments: StoreUnderTest.all)
    func opening(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        try place.store().put(record("alice"), replacing: false)
        let needless = try place.store()
        var count = 0
        try needless.open(unless: { true }, finish: { _ in count += 1 })
        #expect(!needless.isOpen && count == 0)
        let store = try place.store()
        #expect(!store.isOpen && store.opening.snapshot == nil)
        var finished = ""
        try store.open(unless: { false }, finish: { finished = text($0.inHexadecimal) })
        let key = try store.sessionCacheKey()
        #expect(store.isOpen && finished == text(key.inHexadecimal))
        #expect(store.opening.snapshot != nil)
        if case .unasked = store.opening.method {} else { Issue.record("somebody was asked") }
        try store.open(unless: { false }, finish: { _ in count += 1 })
        #expect(count == 0, "it is open already")
    }

    @Test("of many that write at once, each finds its key there", arguments: StoreUnderTest.all)
    func many(_ kind: StoreUnderTest) throws {
        let place = try kind.place()
        let names = (0..<8).map { "key\($0)" }
        let failures = atOnce(names.count) { number in
            refusal {
                let record = try record(names[number])
                try place.store().put(record, replacing: false)
            }
        }
        #expect(failures.count == names.count && failures.allSatisfy { $0 == nil })
        #expect(try place.store().listing(noted: []).map(\.name).sorted() == names)
    }
}
