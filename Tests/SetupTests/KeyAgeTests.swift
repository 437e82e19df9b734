import Testing

@testable import Setup

@Suite("Setup: a key's age")
struct KeyAgeTests {
    private static let day: Int64 = 86_400
    private static let now: Int64 = 1_800_000_000

    private static func age(days: Int64, limit: Int? = 90 * 86_400) -> KeyAge {
        KeyAge(createdAt: now - days * day, now: now, limit: limit)
    }

    @Test("from the limit on a key is due, and not a second before")
    func due() {
        let limit = 90 * 86_400
        #expect(!KeyAge(createdAt: 1, now: Int64(limit), limit: limit).isDue)
        #expect(KeyAge(createdAt: 0, now: Int64(limit), limit: limit).isDue)
        #expect(Self.age(days: 0, limit: 0).isDue)
    }

    @Test("without a limit none is due, however old")
    func never() { #expect(!KeyAge(createdAt: 0, now: .max, limit: nil).isDue) }

    @Test(
        "whole days are shown, and under a day what it is",
        arguments: [
            (0, "0s", 0), (3599, "59m 59s", 0), (86_399, "23h 59m", 0), (86_400, "1d", 1), (35_640_000, "412d", 412),
        ] as [(Int64, String, Int64)])
    func text(seconds: Int64, text: String, days: Int64) {
        let age = KeyAge(createdAt: Self.now - seconds, now: Self.now, limit: nil)
        #expect(age.text == text && age.days == days && age.seconds == seconds)
    }

    @Test("a key from the future has no age", arguments: [Self.now + 1, .max])
    func future(createdAt: Int64) {
        #expect(
            KeyAge(createdAt: createdAt, now: Self.now, limit: 1)
                == KeyAge(createdAt: Self.now, now: Self.now, limit: 1))
    }

    private static let lines: [([(String, Int64)], String?)] = [
        ([], nil), ([("alice", 89)], nil), ([("alice", 90)], "the key alice is 90d old: warder rotate alice"),
        ([("new", 1), ("alice", 412)], "the key alice is 412d old: warder rotate alice"),
        ([("a", 90), ("b", 91)], "the keys a and b are over 90d old: warder rotate a b"),
        ([("a", 90), ("b", 1), ("c", 99), ("d", 91)], "the keys a, c and d are over 90d old: warder rotate a c d"),
        ([("a", 90), ("b", 90), ("c", 99), ("d", 91)], "4 keys are over 90d old: warder rotate"),
        ([("-a", 90)], "the key -a is 90d old: warder rotate -- -a"),
        ([("a=b", 90)], "the key a=b is 90d old: warder rotate 'a=b'"),
    ]

    @Test("one line names what is due, with the command", arguments: lines)
    func line(keys: [(String, Int64)], line: String?) {
        let ages = keys.map { (name: $0.0, age: Self.age(days: $0.1)) }
        #expect(lineOfKeysDue(ages, limit: 90 * 86_400) == line)
    }

    private static let rotations: [([(String, Int64?)], String?)] = [
        ([], nil), ([("alice", nil)], nil), ([("alice", 101)], nil),
        ([("alice", 100)], "the rotation of alice is unfinished: warder rotate alice"),
        ([("alice", 0), ("b", nil), ("-c", 7)], "2 rotations are unfinished: warder rotate -- alice -c"),
        ([("a", 0), ("b", 0), ("c", 0), ("d", 0)], "4 rotations are unfinished: warder rotate"),
    ]

    @Test("one line names the rotations that have something to finish at 100", arguments: rotations)
    func unfinished(keys: [(String, Int64?)], line: String?) {
        #expect(lineOfUnfinished(keys.map { (name: $0.0, from: $0.1) }, now: 100) == line)
    }
}
