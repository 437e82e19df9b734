import Chains
import Failures
import Foundation
import Issuing
import RoomSupport
import Testing

@testable import Explaining

/// What the one foresees, the other does, whatever the source, the cache, the clock and the lock.
@Suite("explain and process agree")
struct AgreementTests {
    @Test(arguments: 0..<25)
    func onRandomChains(_ group: Int) throws {
        let surroundings = try Surroundings()
        for number in 0..<20 {
            var round = try Round(group * 20 + number, surroundings)
            try round.run()
        }
    }
}

/// A home with a vault, for one round after the other.
private final class Surroundings {
    let cloud = Cloud(TestClock())
    let home: TestHome

    init() throws {
        home = try TestHome(settings: "handoff_time = 0", clock: cloud.clock, sender: cloud)
        try home.makeVault()
    }

    /// As it was at first, but for the config: nothing is cached, and every source is there.
    func restore(config: String, hasKeyfile: Bool) throws {
        try home.startAnew()
        try? home.remove(".cache/warder")
        let variables: [String: String?] = [
            "WARDER_KEYFILE": hasKeyfile ? home.path + "/keyfile" : nil, "AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT",
            "AWS_SECRET_ACCESS_KEY": "s", "AWS_EC2_METADATA_DISABLED": nil,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/container",
        ]
        for (name, value) in variables { home.set(name, value) }
        try home.write(config, to: ".aws/config")
        try home.write("head.body.signature", to: "jwt")
        try home.signIn()
    }
}

/// A chain, a state of what is around it, and what is said and done then.
private struct Round {
    private let surroundings: Surroundings
    private var cloud: Cloud { surroundings.cloud }
    private var home: TestHome { surroundings.home }
    private var dice: Dice
    private let chain: RandomChain
    private let seed: Int
    private let hasKeyfile: Bool
    private var lacks = false

    init(_ seed: Int, _ surroundings: Surroundings) throws {
        self.seed = seed
        self.surroundings = surroundings
        dice = Dice(UInt64(seed))
        chain = RandomChain(&dice)
        hasKeyfile = dice.happens(0.8)
    }

    mutating func run() throws {
        try furnish()
        let name = chain.last
        let narrowing: Narrowing = chain.mayNarrow && dice.happens(0.2) ? .readOnly : .none
        let before = cloud.made.count
        let explanation = try home.explanation(name, narrowing)
        let plan = try JSON(explanation)
        let told = Comment(rawValue: "seed \(seed), \(chain.text), \(plan)")
        if let fails = plan.fails {
            let failure = try #require(home.process(name, code: code, narrowing), told)
            #expect([.locked, .promptNeeded, .notFound, .badConfig].contains(failure.code), told)
            #expect(fails.hasPrefix(failure.message + "; "), told)
            #expect(cloud.made.count == before, told)
            return
        }
        let tree = explanation.text(home: nil, now: cloud.clock.now).text
        let failure = answers(name, narrowing, plan, told)
        let made = Array(cloud.made[before...])
        if let failure {
            // While locked nobody knows what is cached.
            #expect(plan.isLocked && lacks && made == [], told)
            #expect(chain.kind == .stored || chain.kind == .sso || tree.contains(failure.message), told)
            return
        }
        let atMost = plan.requests("request", "unknown")
        if plan.isLocked {
            #expect(plan.requests("request") == [] && made == Array(atMost.suffix(made.count)), told)
        } else {
            #expect(made == plan.requests("request") && made == atMost, told)
        }
        try again(name, narrowing, told)
    }

    /// Nobody is asked once it is made.
    private func again(_ name: String, _ narrowing: Narrowing, _ told: Comment) throws {
        let plan = try JSON(home.explanation(name, narrowing))
        #expect(plan.requests("request", "unknown") == [], told)
        if plan.next.count > 1 { #expect(Set(plan.next) == ["nothing"] && !plan.prompts, told) }
        let before = cloud.made.count
        #expect(home.process(name, narrowing) == nil, told)
        #expect(cloud.made.count == before, told)
    }

    /// Where somebody is asked, first without an answer: it gets as far as it can, and what it made is kept.
    private mutating func answers(_ name: String, _ narrowing: Narrowing, _ plan: JSON, _ told: Comment) -> Failure? {
        guard plan.prompts else { return home.process(name, narrowing) }
        if let failure = home.process(name, narrowing) {
            let usual: Set<ExitCode> = [.locked, .promptNeeded]
            #expect(usual.contains(failure.code) || plan.isLocked && lacks, told)
        } else {
            // It found what could not be seen, or served an old session.
            #expect(plan.isLocked || plan.ends.contains { $0 != nil }, told)
        }
        return home.process(name, code: code, narrowing)
    }

    /// None twice: warder knows which were used.
    private var code: String {
        mutating get { String(100_000 + dice.next() % 900_000) }
    }

    private mutating func furnish() throws {
        try surroundings.restore(config: chain.text, hasKeyfile: hasKeyfile)
        if dice.happens(0.15) { lacks = try takeAway() }
        if hasKeyfile, dice.happens(0.7) {
            try home.unlock()
            for _ in 0..<dice.below(3) { _ = home.process("p\(dice.below(chain.count))", code: code) }
            if dice.happens(0.2) { try home.lock() } else if dice.happens(0.5) { try home.startAnew() }
        }
        if dice.happens(0.3) { cloud.clock.advance(Int64(dice.below(5000))) }
        if !lacks, dice.happens(0.25) { lacks = try takeAway() }
    }

    /// Takes away what the source lives on, or a part of it; whether there is such a thing.
    private mutating func takeAway() throws -> Bool {
        switch chain.kind {
        case .stored:
            try home.write(chain.text.replacing("warder_key = alice", with: "warder_key = ghost"), to: ".aws/config")
        case .environment: home.set(dice.happens(0.5) ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY", nil)
        case .web: if dice.happens(0.5) { try home.write("", to: "jwt") } else { try home.remove("jwt") }
        case .sso: try home.remove(".aws/sso")
        case .instance: home.set("AWS_EC2_METADATA_DISABLED", "true")
        case .container: home.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", nil)
        case .plain: return false
        }
        return true
    }
}

/// The profiles p0, …, each the source of the one behind it.
private struct RandomChain {
    enum Kind: CaseIterable { case stored, plain, environment, web, sso, instance, container }

    let kind: Kind
    let count: Int
    let text: String
    var last: String { "p\(count - 1)" }
    let mayNarrow: Bool

    private static let lines = [
        "external_id = a:b/c", "role_session_name = who@where", "duration_seconds = 1800", "source_identity = alice",
        "region = ap-south-1", "region = us-east-1", "session_tags = team=core,cost=42",
        "policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess",
        "policy = {\"Version\":\"2012-10-17\",\"Statement\":[]}",
        "duration_seconds = 3600",
    ]

    init(_ dice: inout Dice) {
        kind = dice.happens(0.3) ? .stored : dice.one(of: Kind.allCases)
        count = 1 + dice.below(5)
        var profiles = [Self.source(kind, &dice)]
        for number in 1..<max(count, 1) where number < count {
            profiles.append(Self.role(number, &dice))
        }
        if count > 1, kind == .stored || kind == .plain, dice.happens(0.2) {
            profiles[1] = profiles[1].filter { !$0.hasPrefix("duration") } + ["duration_seconds = 7200"]
        }
        if count > 1, kind != .stored, dice.happens(0.2) { profiles[count - 1].append("mfa_serial = \(device)") }
        mayNarrow = count > 1 && !profiles[count - 1].contains { $0.hasPrefix("policy") }
        text = profiles.enumerated().map { "[profile p\($0)]\n" + $1.joined(separator: "\n") + "\n" }.joined()
    }

    private static func role(_ number: Int, _ dice: inout Dice) -> [String] {
        var chosen: [String] = []
        for _ in 0..<dice.below(4) {
            let line = dice.one(of: lines)
            let name = line.prefix { $0 != " " }
            if !chosen.contains(where: { $0.hasPrefix(name + " ") }) { chosen.append(line) }
        }
        let prefix = dice.happens(0.5) ? "" : "warder_"
        return [
            "\(prefix)role_arn = arn:aws:iam::222222222222:role/R\(number)", "\(prefix)source_profile = p\(number - 1)",
        ] + chosen
    }

    private static func source(_ kind: Kind, _ dice: inout Dice) -> [String] {
        let mfa = "mfa_serial = \(device)"
        switch kind {
        case .stored:
            return ["warder_key = alice"] + (dice.happens(0.5) ? [mfa] : [])
                + (dice.happens(0.2) ? ["warder_session = off"] : [])
                + (dice.happens(0.3) ? ["warder_session_duration = \(dice.one(of: ["90m", "3h"]))"] : [])
        case .plain:
            return ["aws_access_key_id = AKIAPLAIN", "aws_secret_access_key = secret/of/it"]
                + (dice.happens(0.4) ? [mfa] : [])
        case .environment: return ["credential_source = Environment"]
        case .instance: return ["credential_source = Ec2InstanceMetadata"]
        case .container: return ["credential_source = EcsContainer"]
        case .web: return ["role_arn = arn:aws:iam::222222222222:role/Web", "web_identity_token_file = ~/jwt"]
        case .sso:
            return [
                "sso_start_url = \(startURL)", "sso_region = eu-west-1", "sso_account_id = 111111111111",
                "sso_role_name = R",
            ]
        }
    }
}

/// Numbers from a seed (SplitMix64), the same in each run.
private struct Dice {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    mutating func happens(_ chance: Double) -> Bool { Double(below(1_000_000)) < chance * 1_000_000 }
    mutating func one<T>(of choices: [T]) -> T { choices[below(choices.count)] }
}
