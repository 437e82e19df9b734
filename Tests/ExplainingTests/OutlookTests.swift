import Failures
import Foundation
import RoomSupport
import Testing

@testable import Explaining

/// `explain` says what the next `process` will fail of, in the words of that failure.
@Suite("What the next process will fail of")
struct OutlookTests {
    /// Both say the same; the failure of `process`.
    private func foreseen(_ home: TestHome, _ profile: String) throws -> Failure {
        let plan = try JSON(home.explanation(profile))
        let next = try home.line("next: ", of: profile)
        let failure = try #require(home.process(profile, code: "123456"))
        let fails = try #require(plan.fails)
        #expect(fails == "\(failure.message); \(failure.hint)")
        #expect(next.hasPrefix("fails: \(failure.message.prefix(40))"))
        #expect(!plan.prompts)
        return failure
    }

    private func home(_ lines: String = "", sender: Cloud? = nil) throws -> TestHome {
        let cloud = sender ?? Cloud(TestClock())
        return try TestHome(config: usual + lines, clock: cloud.clock, sender: cloud)
    }

    @Test func whatWarderLockTookStaysAway() throws {
        let home = try home()
        try home.makeVault()
        try home.unlock()
        try home.lock()
        let failure = try foreseen(home, "prod")
        #expect(failure.code == .locked && failure.message.contains("by warder lock"))
    }

    @Test func nothingIsAtHandThatOpensTheVault() throws {
        let home = try home()
        try home.makeVault()
        home.set("WARDER_KEYFILE", nil)
        #expect(try JSON(home.explanation("prod")).fails?.contains("nothing else opened it") == true)
        let failure = try #require(home.process("prod", code: "123456"))
        #expect(failure.code == .locked && failure.message.contains("nothing else opened it"))
    }

    /// A cached session is served though the key cannot be had.
    @Test func whatIsCachedNeedsNoKey() throws {
        let home = try home()
        try home.makeVault()
        #expect(home.process("prod", code: "123456") == nil)
        home.set("WARDER_KEYFILE", nil)
        let plan = try JSON(home.explanation("prod"))
        #expect(plan.fails == nil && !plan.prompts)
        #expect(home.process("prod") == nil)
    }

    @Test func thereIsNoSuchKey() throws {
        let home = try home("[profile ghostly]\nrole_arn = \(role)\nwarder_key = ghost\n")
        try home.makeVault()
        try home.unlock()
        let failure = try foreseen(home, "ghostly")
        #expect(failure.code == .notFound && failure.message == "there is no key named ghost")
    }

    private static let sources: [(String, [String: String], ExitCode)] = [
        ("credential_source = Environment", ["AWS_ACCESS_KEY_ID": "AKIA"], .notFound),
        ("credential_source = Environment", ["AWS_SECRET_ACCESS_KEY": "s"], .notFound),
        ("web_identity_token_file = /nowhere/jwt", [:], .badConfig),
        ("web_identity_token_file = /etc", [:], .badConfig), ("web_identity_token_file = ~/empty", [:], .badConfig),
        ("credential_source = EcsContainer", [:], .notFound),
        (
            "credential_source = EcsContainer", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"],
            .badConfig
        ),
        ("credential_source = Ec2InstanceMetadata", ["AWS_EC2_METADATA_DISABLED": "true"], .badConfig),
    ]

    @Test(arguments: sources, [true, false])
    func aSourceIsNotThere(_ source: (String, [String: String], ExitCode), _ hasStore: Bool) throws {
        let home = try home("[profile p]\nrole_arn = \(role)\n\(source.0)\n")
        try home.write("", to: "empty")
        for (name, value) in source.1 { home.set(name, value) }
        if hasStore {
            try home.makeVault()
            try home.unlock()
        }
        #expect(try foreseen(home, "p").code == source.2)
    }

    @Test(arguments: [true, false])
    func nobodyIsSignedIn(_ hasStore: Bool) throws {
        let home = try home(
            "[profile p]\nsso_start_url = \(startURL)\nsso_region = eu-west-1\nsso_account_id = 111111111111\n"
                + "sso_role_name = R\n")
        if hasStore {
            try home.makeVault()
            try home.unlock()
        }
        let failure = try foreseen(home, "p")
        #expect(failure.code == .promptNeeded && failure.hint.contains("run warder refresh p"))
    }

    /// What is cached would need no source; so it is said as a doubt.
    @Test func whileLockedItSaysWhatWouldFail() throws {
        let home = try home("[profile p]\nrole_arn = \(role)\ncredential_source = Environment\n")
        try home.makeVault()
        #expect(try JSON(home.explanation("p")).fails == nil)
        let next = try home.line("next: ", of: "p")
        #expect(
            next.hasPrefix(
                "no prompt; if no session is cached, at most one request (warder unlock shows what is cached)"
                    + "; fails where nothing is cached: "))
        let failure = try #require(home.process("p"))
        #expect(failure.code == .notFound && next.hasSuffix("\(failure.message); \(failure.hint)"))
    }

    @Test func anOldSessionIsServedWhereItsSourceIsGone() throws {
        let home = try home("[profile p]\nrole_arn = \(role)\ncredential_source = Environment\n")
        try home.makeVault()
        home.set("AWS_ACCESS_KEY_ID", "AKIA")
        home.set("AWS_SECRET_ACCESS_KEY", "s")
        #expect(home.process("p") == nil)
        home.clock.advance(3000)
        #expect(try JSON(home.explanation("p")).next == ["read", "request"])
        home.set("AWS_SECRET_ACCESS_KEY", nil)
        let plan = try JSON(home.explanation("p"))
        #expect(plan.fails == nil && plan.next == ["nothing", "nothing"])
        #expect(home.process("p") == nil)
        home.clock.advance(700)
        #expect(try foreseen(home, "p").code == .notFound)
    }
}
