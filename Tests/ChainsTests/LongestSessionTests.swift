import Chains
import Profiles
import Testing

/// A chain under a bound: what its sessions are asked for with, and what was shortened.
struct Bounded: Sendable, CustomTestStringConvertible {
    let bound: Int
    let lines: String
    /// The session's seconds, then those of each role; nil for what is left to AWS.
    let durations: [Int?]
    /// What was wanted in place of those that were shortened.
    let wanted: [Int]

    var testDescription: String { "\(bound): \(lines)" }
}

@Suite("The longest session")
struct LongestSessionTests {
    private static let role = "role_arn = arn:aws:iam::222222222222:role/A\nwarder_key = alice\n"
    private static let bound = Origin(path: "/etc/warder/config", line: 7)

    static let cases = [
        Bounded(bound: 7200, lines: "warder_key = alice", durations: [7200], wanted: [43_200]),
        Bounded(bound: 43_200, lines: "warder_key = alice", durations: [43_200], wanted: []),
        Bounded(
            bound: 900, lines: "warder_key = alice\nwarder_session_duration = 1h", durations: [900], wanted: [3600]),
        Bounded(bound: 1800, lines: role, durations: [1800, 1800], wanted: [43_200, 3600]),
        Bounded(bound: 7200, lines: role, durations: [7200, nil], wanted: [43_200]),
        Bounded(bound: 3600, lines: role + "duration_seconds = 900", durations: [3600, 900], wanted: [43_200]),
        // No session, since the role takes the code: with a bound of an hour it need not.
        Bounded(bound: 7200, lines: role + "duration_seconds = 43200", durations: [7200], wanted: [43_200]),
        Bounded(
            bound: 3600, lines: role + "duration_seconds = 43200", durations: [3600, 3600], wanted: [43_200, 43_200]),
    ]

    @Test(arguments: cases)
    func shortened(_ bounded: Bounded) throws {
        let chain = try Chain.resolve(
            "p", in: try profiles("[profile p]\n\(bounded.lines)\n"),
            longest: Seconds(value: bounded.bound, origin: Self.bound)
        ) { $0 == "alice" }
        let durations = (chain.session.map { [$0.durationSeconds] } ?? []) + chain.roles.map { $0.duration?.value }
        #expect(durations == bounded.durations)
        let cuts = ([chain.session?.shortening] + chain.roles.map(\.shortening)).compactMap { $0 }
        #expect(cuts.map(\.wanted) == bounded.wanted)
        #expect(cuts.allSatisfy { $0.bound == Seconds(value: bounded.bound, origin: Self.bound) })
    }

    @Test("a web identity's session")
    func webIdentity() throws {
        let config = "[profile p]\nrole_arn = arn:aws:iam::222222222222:role/A\nweb_identity_token_file = /t\n"
        for (bound, duration) in [(1800, 1800), (3600, nil)] as [(Int, Int?)] {
            let chain = try Chain.resolve(
                "p", in: try profiles(config), longest: Seconds(value: bound, origin: Self.bound)
            ) { _ in false }
            guard case .webIdentity(let identity) = chain.source else {
                Issue.record("\(chain.source)")
                return
            }
            #expect(identity.duration?.value == duration && identity.shortening?.wanted == duration.map { _ in 3600 })
        }
    }

    @Test("what AWS would not take is an error as before")
    func errors() throws {
        let config = """
            [profile a]
            warder_key = alice
            role_arn = arn:aws:iam::222222222222:role/A
            [profile p]
            role_arn = arn:aws:iam::222222222222:role/B
            source_profile = a
            duration_seconds = 7200
            """
        #expect(throws: ChainError.self) {
            try Chain.resolve(
                "p", in: try profiles(config), longest: Seconds(value: 3600, origin: Self.bound)
            ) { _ in true }
        }
    }

    @Test("a shorter session is another one")
    func identity() throws {
        let files = try profiles("[profile p]\nwarder_key = alice\n")
        let names = try [nil, 7200, 3600].map { bound in
            let longest = bound.map { Seconds(value: $0, origin: Self.bound) }
            return try Chain.resolve("p", in: files, longest: longest) { _ in true }.identity(ofStep: 0, endpoint: "e")
        }
        #expect(Set(names).count == 3)
    }
}
