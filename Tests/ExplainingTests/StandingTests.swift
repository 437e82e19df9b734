import Failures
import Foundation
import RoomSupport
import Testing

@testable import Explaining

@Suite("What to type next")
struct StandingTests {
    private static let asking = "[profile prod]\ncredential_process = warder process prod\nwarder_key = alice\n"
    private static let plaintext = "[bob]\naws_access_key_id = AKIAPLAINTEXT0000001\naws_secret_access_key = s3cret\n"

    /// The home's folder goes with the last use of the home.
    private func standing(_ home: TestHome) throws -> Standing {
        try withExtendedLifetime(home) { Standing(try home.context()) }
    }

    @Test func inAnEmptyHome() throws {
        #expect(try standing(TestHome()) == .nothing)
        #expect(try standing(TestHome(config: "[profile x]\nregion = eu-central-1\n")) == .nothing)
    }

    @Test func withKeysInPlaintext() throws {
        let home = try TestHome(credentials: Self.plaintext + Self.plaintext.replacing("bob", with: "carol"))
        let place = home.path + "/.aws/credentials:2"
        #expect(try standing(home) == .plaintext(profile: "bob", place: place, count: 2))
    }

    /// A profile may ask warder for credentials of IAM Identity Center, with no key in any store.
    @Test func withAProfileThatAsksButNoKey() throws {
        #expect(try standing(TestHome(config: Self.asking)) == .ready(profile: "prod"))
    }

    @Test func withAStore() throws {
        let home = try TestHome()
        try home.makeVault()
        #expect(try standing(home) == .noProfile)
        try home.append(Self.asking, to: ".aws/config")
        #expect(try standing(home) == .ready(profile: "prod"))
        try home.unlock()
        #expect(try standing(home) == .ready(profile: "prod"))
        try home.lock()
        #expect(try standing(home) == .locked)
    }

    @Test func withAVaultThatNothingOpens() throws {
        let home = try TestHome(config: Self.asking)
        try home.makeVault()
        home.set("WARDER_KEYFILE", nil)
        #expect(try standing(home) == .locked)
    }

    @Test func withFilesThatCannotBeUsed() throws {
        let home = try TestHome(config: "[profile x\n")
        guard case .unusable(let message, let hint) = try standing(home) else {
            Issue.record("a broken config is usable")
            return
        }
        #expect(message.contains(home.path) && !hint.isEmpty)
    }

    /// Each with a command line or a hint, and few lines.
    @Test(
        arguments: [
            .nothing, .noProfile, .locked, .ready(profile: "a b"),
            .plaintext(profile: "it's", place: "/h/.aws/credentials:2", count: 1),
        ] as [Standing])
    func isAdvice(_ standing: Standing) {
        let (state, commands) = standing.advice(home: "/h")
        #expect(!commands.isEmpty && commands.count <= 4 && state.text.split(separator: "\n").count <= 2)
        for command in commands { #expect(command.line.contains("warder ") && !command.purpose.isEmpty) }
        #expect(!state.text.contains("/h/"))
    }

    @Test func namesAreTakenLiterally() {
        let lines = Standing.ready(profile: "a b").advice(home: nil).commands.map(\.line)
        #expect(lines.first == "eval $(warder env 'a b')")
        #expect(
            Standing.plaintext(profile: "it's", place: "c:1", count: 1).advice(home: nil).commands[0].line
                == "warder import")
    }
}
