import Failures
import Foundation
import RoomSupport
import Secrets
import Sessions
import Setup
import Stores
import Testing

@testable import Adding

@Suite("Adding: the seed of one-time codes")
struct SeedAdditionTests {
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
            (seedText + "\n", "SHA1"), ("  jbswy3dp EHPK3PXP jbswy3dp ehpk3pxp \n", "SHA1"),
            (seedText + "====", "SHA1"),
            ("otpauth://totp/AWS:alice?secret=\(seedText)&issuer=AWS\n", "SHA1"),
            ("otpauth://totp/AWS:alice?secret=\(seedText)&algorithm=sha256&period=30", "SHA256"),
        ])
    func stored(form: String, algorithm: String) throws {
        let home = try home()
        #expect(try change(form, in: home))
        let stored = try #require(try home.stored())
        #expect(stored.seed == "otpauth://totp/AWS?secret=\(seedText)&algorithm=\(algorithm)&digits=6&period=30")
        #expect(home.hasSaid("hint: ", "ykman") && !home.console.lines.contains { $0.contains(seedText) })
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
        #expect(
            refusal { _ = try change(seedText, serial: "short", in: home) }?.message == "short is not an MFA device")
        // Another seed takes the place of the first.
        #expect(try change(String(seedText.reversed()), in: home))
        #expect(
            try home.stored()?.seed?.contains(String(seedText.reversed())) == true && home.stored()?.device == device)
        let bare = try TestHome.withProgram()
        try bare.makeVault([])
        try Add().run(in: bare)
        #expect(try change(seedText, in: bare))
        #expect(try bare.stored()?.device == nil && bare.stored()?.seed != nil)
    }

    @Test(
        "what is no seed changes nothing, and is not shown",
        arguments: [
            ("\n", ExitCode.badConfig, "there is no seed"), ("no base32!\n", .badConfig, "the seed is not base32"),
            ("JBSWY3DP\n", .badConfig, "the seed is not whole"), ("123456\n", .badConfig, "the seed is not base32"),
            (String(repeating: "!", count: 64), .badConfig, "the seed is not base32"),
            (seedText + "A", .badConfig, "the seed is not whole"), ("MZXW6YTB", .badConfig, "the seed is not whole"),
            (String(repeating: "A", count: 3000), .badConfig, "the seed is too long for one"),
            (seedText + "\0A", .badConfig, "the seed is not base32"),
            ("https://example.com/?secret=\(seedText)", .badConfig, "the address of the seed is not one"),
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
