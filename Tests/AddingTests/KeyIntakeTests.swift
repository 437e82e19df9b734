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
struct KeyIntakeTests {
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

    @Test("a key that AWS refuses leaves nothing")
    func refused() throws {
        let sts = TestSTS(TestClock())
        let home = try TestHome.withProgram(sender: sts.sender)
        try home.makeVault([])
        sts.next(TestSTS.refusal("InvalidClientTokenId"))
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
        arguments: ["", "a b", String(repeating: "x", count: 129), "ä", "a\nb", "../../etc/passwd;"])
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
        let option = refusal { try Add(name: "-h").run(in: home) }
        #expect(option?.code == .usage && option?.message == "-h looks like an option")
        for serial in [
            "short", "arn:aws:iam::1:mfa/a b", "arn:aws:iam::1:mfa/a\nx = y", String(repeating: "x", count: 257),
        ] {
            let failure = refusal { try Add(mfaSerial: serial).run(in: home) }
            #expect(failure?.code == .usage && failure?.message == "\(serial) is not an MFA device")
            #expect(failure?.hint == "give an ARN like arn:aws:iam::123456789012:mfa/NAME")
        }
        for region in ["", "eu west", "eu-west-1\nx = y"] {
            #expect(refusal { try Add(region: region).run(in: home) } != nil)
        }
        #expect(try home.stored() == nil)
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

@Suite("Adding: the seed of one-time codes")
struct SeedIntakeTests {
    private func change(
        _ text: String, storing: Bool = true, name: String = "alice", serial: String? = nil, in home: TestHome
    ) throws(Failure) -> Bool {
        let input = StandardInput(text)
        defer { withExtendedLifetime(input) {} }
        let context = try home.context(reading: input)
        return try SeedAddition(
            context: context, name: name, source: .standardInput, mfaSerial: serial, profile: nil
        ).change(storing: storing)
    }

    private func home() throws -> TestHome {
        let home = try TestHome.withProgram()
        try home.makeVault([])
        try Add(mfaSerial: device, isProfileWanted: false).run(in: home)
        return home
    }

    @Test(
        "a seed is stored with a key that is there, in the forms that AWS and people have",
        arguments: [
            seedText + "\n", "  jbswy3dp EHPK3PXP jbswy3dp ehpk3pxp \n", seedText + "====",
            "otpauth://totp/AWS:alice?secret=\(seedText)&issuer=AWS\n",
        ])
    func stored(form: String) throws {
        let home = try home()
        #expect(try change(form, in: home))
        let stored = try #require(try home.stored())
        #expect(stored.seed?.hasPrefix("otpauth://totp/") == true && stored.seed?.contains(seedText) == true)
        #expect(stored.device == device && stored.secret == secretText)
        #expect(home.hasSaid("stored the seed with the key alice (\(identifier))"))
        #expect(home.hasSaid("the second factor is then stored beside the first: anyone who opens the store has both"))
        let given = try text(ifPresent: home.keys().totpSeed("alice", device: device))
        #expect(given == stored.seed)
    }

    @Test("the device that is named beats the one that was noted")
    func named() throws {
        let home = try home()
        let other = "arn:aws:iam::111111111111:mfa/other"
        #expect(try change(seedText, serial: other, in: home))
        #expect(try home.stored()?.device == other)
        let failure = refusal { _ = try change(seedText, serial: "short", in: home) }
        #expect(failure?.message == "short is not an MFA device")
    }

    @Test(
        "what is no seed changes nothing, and is not shown",
        arguments: [
            ("\n", ExitCode.badConfig, "there is no seed"), ("no base32!\n", .badConfig, "the seed is not base32"),
            ("JBSWY3DP\n", .badConfig, "the seed is not whole"),
            ("otpauth://hotp/x?secret=\(seedText)\n", .badConfig, "the address is of codes that count"),
            ("otpauth://totp/x\n", .badConfig, "the address has no secret"),
            ("otpauth://totp/x?secret=\(seedText)&period=60\n", .badConfig, "the period of the codes is none"),
            (
                "otpauth://totp/x?secret=\(seedText)&digits=8\n", .badConfig,
                "the codes of this seed do not have six digits"
            ),
            ("AKIAOTHER00000000000\n", .usage, "this is an access key id, where a seed should be"),
            ("ASIAOTHER00000000000\n", .usage, "this is an access key id, where a seed should be"),
        ])
    func refused(text: String, code: ExitCode, message: String) throws {
        let home = try home()
        #expect(try change("otpauth://totp/before?secret=\(seedText)", in: home))
        let before = try home.stored()?.seed
        let failure = refusal { _ = try change(text, in: home) }
        #expect(failure?.code == code && failure?.message.hasPrefix(message) == true)
        #expect(failure?.message.contains(seedText) == false && failure?.hint.contains(seedText) == false)
        #expect(try home.stored()?.seed == before && before != nil)
    }

    @Test("the very same key may stand before its seed, and another key may not")
    func behindKey() throws {
        let home = try home()
        #expect(try change("\(identifier)\n\(secretText)\n\(seedText)\n", in: home))
        #expect(try home.stored()?.seed?.contains(seedText) == true)
        let other = "\(identifier)\n\(String(secretText.reversed()))\n\(seedText)\n"
        #expect(refusal { _ = try change(other, in: home) }?.code == .usage)
    }

    @Test("it is taken away, and then there is none")
    func taken() throws {
        let home = try home()
        #expect(try change(seedText, in: home))
        #expect(try change("", storing: false, in: home))
        #expect(try home.stored()?.seed == nil && home.stored()?.secret == secretText)
        #expect(home.hasSaid("took the seed of one-time codes from the key alice"))
        #expect(try change("", storing: false, in: home))
        #expect(home.hasSaid("the key alice has no seed of one-time codes"))
    }

    @Test("for a key that is not there yet there is nothing to change")
    func absent() throws {
        let home = try home()
        #expect(try !change(seedText, name: "bob", in: home))
        let failure = refusal { _ = try change("", storing: false, name: "bob", in: home) }
        #expect(failure?.code == .notFound && failure?.message == "there is no key named bob")
        let empty = try TestHome()
        #expect(try !change(seedText, in: empty))
    }

    @Test("a new key with what is no seed is not stored", arguments: ["", "no base32!\n"])
    func newKey(text: String) throws {
        let home = try TestHome.withProgram()
        try home.makeVault([])
        let failure = refusal {
            try Add(input: "\(identifier)\n\(secretText)\n\(text)", storesSeed: true).run(in: home)
        }
        #expect(failure?.code == .badConfig)
        #expect(try home.stored() == nil)
    }

    @Test("where nobody may be asked, nobody is")
    func notAllowed() throws {
        let home = try home()
        let intake = SeedAddition(
            context: try home.context(noPrompt: true), name: "alice", source: .terminal, mfaSerial: nil, profile: nil)
        let failure = refusal { _ = try intake.change(storing: true) }
        #expect(
            failure?.code == .promptNeeded && failure?.message == "the seed is needed, and prompts are switched off")
    }
}
