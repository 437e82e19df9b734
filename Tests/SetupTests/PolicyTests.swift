import Failures
import RoomSupport
import Testing

@testable import Setup

@Suite("Setup: the machine's settings")
struct PolicyTests {
    private static let file = "etc/warder/config"

    private func policy(_ text: String) throws -> Policy {
        let home = try TestHome()
        try home.write(text, to: Self.file)
        return try withExtendedLifetime(home) { try home.context().policy() }
    }

    @Test("without a file there are no bounds, and settings are the user's")
    func none() throws {
        let home = try TestHome(settings: "unlock_time = 3h\nlog = off")
        let context = try home.context()
        #expect(try context.policy().lines.isEmpty && context.longestUnlock == nil)
        let settings = try Settings.load(context)
        #expect(settings.unlockTime == 3 * 3600 && settings.isLogOff && settings.effects.isEmpty)
    }

    @Test("every bound, with its line")
    func every() throws {
        let policy = try policy(
            """
            # rules of the house
            [policy]
            max_session_duration = 8h
            max_unlock_time = 10h
            stores = libsecret, file
            plaintext_keys = warn
            min_passphrase_length = 16
            require_mfa = true
            rotate_after = 60d
            log = on
            allow_unlock_keys = false
            allow_totp_seeds = off
            slots = passphrase, recovery, tpm2
            """)
        #expect(policy.longestSession?.value == 28_800 && policy.longestUnlock?.value == 36_000)
        #expect(policy.stores?.value == [.libsecret, .file] && policy.plaintextKeys?.value == .warn)
        #expect(policy.shortestPassphrase?.value == 16 && policy.mfaRule?.origin.line == 8)
        #expect(policy.rotateAfter?.value == 60 * 86_400 && policy.log?.value == true)
        #expect(policy.unlockedKeysRule?.origin.line == 11 && policy.seedsRule?.origin.line == 12)
        #expect(policy.slots?.value == ["passphrase", "recovery", "tpm2"])
        #expect(policy.lines.map(\.name) == Policy.names.sorted { a, b in line(a, policy) < line(b, policy) })
        #expect(policy.lines.map(\.origin.line) == Array(3...13))
        #expect(policy.lines.last?.spoken == "slots is passphrase, recovery, tpm2")
    }

    private func line(_ name: String, _ policy: Policy) -> Int {
        policy.lines.first { $0.name == name }?.origin.line ?? 0
    }

    @Test("what a list does not name is forbidden by its line; without a list, nothing is")
    func lists() throws {
        let policy = try policy("[policy]\nstores = file\nslots = passphrase\n")
        #expect(policy.rule(against: .file) == nil && policy.rule(against: .libsecret)?.origin.line == 2)
        #expect(policy.rule(againstSlot: "passphrase") == nil)
        #expect(policy.rule(againstSlot: "keyfile")?.spoken == "slots is passphrase")
        #expect(Policy().rule(against: .libsecret) == nil && Policy().rule(againstSlot: "type 9") == nil)
    }

    @Test(
        "what is allowed forbids nothing",
        arguments: ["require_mfa = false", "allow_unlock_keys = true", "allow_totp_seeds = on"])
    func allowed(_ line: String) throws {
        let policy = try policy("[policy]\n\(line)\n")
        #expect(policy.mfaRule == nil && policy.unlockedKeysRule == nil && policy.seedsRule == nil)
        #expect(policy.lines.count == 1)
    }

    @Test("the user's line goes before the machine's, and a bound before both")
    func order() throws {
        let home = try TestHome(settings: "handoff_time = 5s\nrotate_after = off")
        try home.write(
            "[warder]\nhandoff_time = 7s\npinentry = pinentry-curses\nlog = off\nkeyfile = ~/k\n", to: Self.file)
        var settings = try Settings.load(home.context())
        #expect(settings.remotePromptTime == 5 && settings.pinentry == "pinentry-curses" && settings.isLogOff)
        #expect(settings.methods == [.terminal, .pinentry(named: "pinentry-curses")])
        #expect(settings.keyfile == home.path + "/k" && settings.rotateAfter == nil)
        try home.append("[policy]\nlog = on\nrotate_after = 30d\nmax_unlock_time = 1m\n", to: Self.file)
        settings = try Settings.load(home.context())
        #expect(!settings.isLogOff && settings.rotateAfter == 30 * 86_400 && settings.unlockTime == 60)
        #expect(settings.effects.map(\.line.name) == ["max_unlock_time", "rotate_after", "log"])
        #expect(settings.effects.map(\.line.origin.line) == [9, 8, 7])
    }

    @Test("a file that cannot be used is a failure, each time, and not the end of locking")
    func unusable() throws {
        let home = try TestHome()
        try home.write("[policy]\nrequire_mfa = true\n", to: Self.file)
        try home.setMode(0o666, of: Self.file)
        let context = try home.context()
        for _ in 0..<2 {
            let failure = #expect(throws: Failure.self) { try context.policy() }
            #expect(failure?.code == .badConfig && failure?.fault == "machine_settings")
            #expect(failure?.hint == "sudo chmod go-w \(home.path)/\(Self.file)")
        }
        #expect(throws: Failure.self) { try Settings.load(context) }
        #expect(context.longestUnlock == nil)
        // Read once: what is mended counts from the next command on.
        try home.setMode(0o644, of: Self.file)
        #expect(throws: Failure.self) { try context.policy() }
        #expect(try home.context().policy().mfaRule != nil)
    }

    @Test(
        "no line continues another: a rule that is indented would be part of a value",
        arguments: [
            ("[warder]\npinentry = x\n  [policy]\n  require_mfa = true\n", 3),
            ("[policy]\nlog = on\n\n# MFA\n\trequire_mfa = true\n", 5),
            ("[policy]\n log = on\n  require_mfa = true\n", 3),
            ("[policy]\nslots = passphrase,\n  recovery\n", 3), ("[policy]\nrequire_mfa =\n  true\n", 3),
            ("[policy]\nstores =\n  require_mfa = true\n", 3), ("[policy]\nrequire_mfa =\n  = true\n", 3),
        ])
    func continued(_ text: String, _ line: Int) throws {
        let failure = #expect(throws: Failure.self) { try policy(text) }
        #expect(failure?.code == .badConfig && failure?.fault == "continued_setting")
        #expect(failure?.message.hasSuffix("/etc/warder/config:\(line): this line continues the line above") == true)
        #expect(failure?.hint == "do not indent lines in this file")
    }

    @Test("what is indented and continues nothing is read as it stands")
    func indented() throws {
        let policy = try policy(
            "  [policy]\n  require_mfa = true\n  # why\n      ; and since when\n \n  log = on # x\n\n[warder]\n")
        #expect(policy.mfaRule?.origin.line == 2 && policy.log?.line.origin.line == 6)
    }

    @Test("no variable moves it")
    func fixed() {
        #expect(MachineSettings.standard.path == "/etc/warder/config")
    }

    @Test("what an option asks for is refused by the line of the bound")
    func options() throws {
        let policy = try policy("[policy]\nmax_unlock_time = 1h\nmax_session_duration = 2h\nallow_totp_seeds = false\n")
        try policy.refuse(unlockingFor: 3600)
        try policy.refuse(sessionsLasting: 7200)
        let failures = [
            #expect(throws: Failure.self) { try policy.refuse(unlockingFor: 3601) },
            #expect(throws: Failure.self) { try policy.refuse(sessionsLasting: 7201) },
            #expect(throws: Failure.self) { try policy.refuseSeeds() },
        ]
        for (index, failure) in failures.enumerated() {
            #expect(failure?.code == .badConfig && failure?.cause == .forbidden)
            #expect(failure?.origin?.hasSuffix("/etc/warder/config:\(index + 2)") == true)
            let names = ["max_unlock_time", "max_session_duration", "allow_totp_seeds"]
            #expect(failure?.fault == "policy_" + names[index])
        }
        try Policy().refuse(unlockingFor: .max)
        try Policy().refuse(sessionsLasting: .max)
        try Policy().refuseSeeds()
    }
}
