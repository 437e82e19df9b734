import Failures
import Foundation
import RoomSupport
import Secrets
import Sessions
import Setup
import Stores
import Testing

@testable import Adding

@Suite("Adding: checking and storing a key")
struct KeyAdditionTests {
    @Test("a key is stored, by what it says of itself and of nothing else")
    func stored() throws {
        let home = try TestHome.withProgram()
        try home.makeVault([])
        try Add(mfaSerial: device, isProfileWanted: false).run(in: home)
        let stored = try #require(try home.stored())
        #expect(stored.secret == secretText && stored.seed == nil)
        #expect(stored.summary.accessKeyID == identifier && stored.summary.mfaSerial == device)
        #expect(stored.summary.createdAt == UInt64(home.clock.now))
        #expect(stored.summary.accountID == nil && stored.summary.principalARN == nil)
        #expect(home.hasSaid("stored the key alice (\(identifier)) in the vault"))
        #expect(!home.console.lines.contains { $0.contains(secretText) })
    }

    @Test("the first key makes the vault")
    func first() throws {
        let home = try TestHome.withProgram()
        home.set("WARDER_PASSPHRASE", "correct horse battery staple")
        try Add(store: nil).run(in: home)
        #expect(home.hasSaid("the key goes to a vault, not to the desktop's keyring: "))
        #expect(home.hasSaid("made a vault at \(home.path)/.local/share/warder/vault"))
        #expect(try home.stored()?.secret == secretText)
    }

    @Test("a key that is checked is stored with whose it is")
    func verified() throws {
        let sts = TestSTS(TestClock())
        let home = try TestHome.withProgram(sender: sts.sender)
        try home.makeVault([])
        try Add(verifies: true).run(in: home)
        #expect(sts.actions == ["GetCallerIdentity"])
        #expect(sts.requests.first?.headers["Authorization"]?.contains(identifier) ?? true)
        let summary = try #require(try home.stored()).summary
        #expect(summary.accountID == "111111111111" && summary.principalARN == "arn:aws:iam::111111111111:user/alice")
        #expect(home.hasSaid("\(identifier) is arn:aws:iam::111111111111:user/alice in account 111111111111"))
    }

    @Test("a key that AWS refuses leaves nothing", arguments: ["InvalidClientTokenId", "AccessDenied"])
    func refused(code: String) throws {
        let sts = TestSTS(TestClock())
        let home = try TestHome.withProgram(sender: sts.sender)
        try home.makeVault([])
        sts.next(TestSTS.refusal(code))
        let failure = refusal { try Add(verifies: true, isProfileWanted: true).run(in: home) }
        #expect(failure?.code == .refused)
        #expect(try home.stored() == nil && home.config() == "")
    }

    @Test("without checking nobody is asked")
    func unverified() throws {
        let sts = TestSTS(TestClock())
        let home = try TestHome.withProgram(sender: sts.sender)
        try home.makeVault([])
        try Add().run(in: home)
        #expect(sts.requests.isEmpty)
    }

    // MARK: - What is refused before anything is read

    @Test(
        "names that are none",
        arguments: [
            "", "a b", String(repeating: "x", count: 129), String(repeating: "a", count: 65_536), "ä", "a\nb", "a\tb",
            "$HOME", "'", "*", "\u{1b}[31m", "../../etc/passwd;",
        ])
    func badNames(name: String) throws {
        let home = try TestHome()
        try home.makeVault([])
        let failure = refusal { try Add(name: name).run(in: home) }
        #expect(failure?.code == .usage)
        #expect(failure?.message == (name.isEmpty ? "the name is empty" : "\(name) is not a valid key name"))
        #expect(failure?.hint == "use up to 128 letters, digits and . _ @ + = , : / % -")
    }

    @Test("a name like an option, a region and a device that would bring lines into the config")
    func badSettings() throws {
        let home = try TestHome()
        try home.makeVault([])
        for name in ["-", "-h", "-dash", "--store", "--store=file"] {
            let option = refusal { try Add(name: name, isProfileWanted: true).run(in: home) }
            #expect(option?.code == .usage && option?.message == "\(name) looks like an option")
        }
        for serial in [
            "short", "arn:aws:iam::1:mfa/a b", "arn:aws:iam::1:mfa/a\nx = y", String(repeating: "x", count: 257),
        ] {
            let failure = refusal { try Add(mfaSerial: serial, isProfileWanted: true).run(in: home) }
            #expect(failure?.code == .usage && failure?.message == "\(serial) is not an MFA device")
            #expect(failure?.hint == "give an ARN like arn:aws:iam::123456789012:mfa/NAME")
        }
        for region in ["", "eu west", "eu-west-1\nx = y", "evil.example/#"] {
            let failure = refusal { try Add(region: region, isProfileWanted: true).run(in: home) }
            #expect(failure?.code == .badConfig || failure?.code == .usage)
        }
        #expect(try home.stored() == nil && home.config() == "")
        for serial in ["GAHT12345678", device, String(repeating: "x", count: 256)] {
            try Add(replaces: true, mfaSerial: serial, isProfileWanted: false).run(in: home)
            #expect(try home.stored()?.summary.mfaSerial == serial)
        }
    }

    // MARK: - The same command again

    @Test("the same key again finishes what was interrupted")
    func again() throws {
        let home = try TestHome.withProgram()
        try home.makeVault([])
        try Add().run(in: home)
        try Add(region: "eu-west-1", isProfileWanted: true).run(in: home)
        #expect(home.hasSaid("the key alice (\(identifier)) is in the vault already"))
        #expect(home.hasSaid("added the profile alice to \(home.path)/.aws/config"))
        try Add(input: "\(identifier)\n\(secretText)\n\(seedText)\n", storesSeed: true).run(in: home)
        #expect(try home.stored()?.seed?.contains(seedText) == true && home.stored()?.secret == secretText)
    }

    @Test("another key of the same name is refused, unlocked or not", arguments: [true, false], [0, 1])
    func another(isUnlocked: Bool, part: Int) throws {
        let home = try TestHome.withProgram()
        try home.makeVault([])
        try Add().run(in: home)
        if !isUnlocked { try home.keys().unlockedState()?.forget() }
        let other =
            part == 0 ? "AKIAOTHER00000000000\n\(secretText)\n" : "\(identifier)\n\(String(secretText.reversed()))\n"
        let failure = refusal { try Add(input: other).run(in: home) }
        #expect(failure?.code == .other && failure?.message == "there is a key named alice already")
        #expect(failure?.hint == "warder add --replace alice, or choose another name")
        #expect(try home.stored()?.summary.accessKeyID == identifier && home.stored()?.secret == secretText)
    }

    @Test("a key that replaces another takes its sessions away, and keeps its seed unless told otherwise")
    func replaced() throws {
        let home = try TestHome.withProgram()
        try home.makeVault([])
        try Add(input: "\(identifier)\n\(secretText)\n\(seedText)\n", storesSeed: true).run(in: home)
        let sessions = try home.keys().sessions()
        let label = SessionLabel(profile: "p", key: "alice", role: nil, mfaDevice: nil, issued: home.clock.now)
        let credentials = Credentials(
            accessKeyID: "ASIA", secret: secret("s"), sessionToken: secret("t"), expiration: home.clock.now + 3600,
            accountID: nil)
        try sessions.publish(
            Session(credentials: credentials, label: label), sessions.name(of: [1]), random: .system)
        #expect(try home.keys().liveSessions()?.count == 1)
        let other = "AKIAOTHER00000000000\n\(String(secretText.reversed()))\n"
        try Add(input: other, replaces: true).run(in: home)
        #expect(try home.keys().liveSessions()?.count == 0)
        #expect(try home.stored()?.summary.accessKeyID == "AKIAOTHER00000000000" && home.stored()?.seed != nil)
        try Add(input: other, replaces: true, dropsSeed: true).run(in: home)
        #expect(try home.stored()?.seed == nil)
    }
}
