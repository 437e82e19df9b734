import Crypto
import Secrets
import Testing
import Vault

/// A vault with both kinds of slots and one key, and where its parts stand.
private struct Sample {
    static let passphrase = "the ceremony of the keys"
    let file: [UInt8]
    let code: String

    init() throws {
        var vault = try Vault.create(random: .system)
        let cost = try #require(ScryptCost(logN: 15))
        try vault.setPassphrase(secret(Self.passphrase), cost: cost, random: .system)
        code = secretText(try vault.setRecoveryCode(random: .system))
        let summary = AccessKeySummary(
            name: try #require(KeyName("alice")), accessKeyID: "AKIAIOSFODNN7EXAMPLE", createdAt: 1_795_247_217)
        try vault.add(AccessKeyRecord(summary, secret: secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")))
        file = try vault.seal(random: .system)
    }

    /// What opening `changed` with the recovery code ends in.
    func outcome(_ changed: [UInt8]) -> String {
        do throws(VaultError) {
            _ = try Vault.open(changed, recoveryCode: secret(code))
            return "ok"
        } catch { return name(of: error) }
    }

    /// What opening `changed` with the passphrase ends in.
    func outcomeByPassphrase(_ changed: [UInt8]) -> String {
        do throws(VaultError) {
            _ = try Vault.open(changed, passphrase: secret(Self.passphrase))
            return "ok"
        } catch { return name(of: error) }
    }

    /// The classes that a changed byte at `offset` may lead to when the recovery slot is opened.
    func classes(at offset: Int) -> Set<String> {
        let passphraseSlot = 41, recoverySlot = passphraseSlot + 116, blob = recoverySlot + 115
        return switch offset {
        case 0..<14, 15: ["not-a-vault"]
        case 14: ["not-a-vault", "unknown-version"]
        case 16..<32: ["wrong-passphrase"]
        case 32..<40: ["damaged"]
        case 40, passphraseSlot + 1, passphraseSlot + 2: ["damaged", "truncated"]
        case passphraseSlot, passphraseSlot + 3..<recoverySlot: ["damaged"]
        case recoverySlot: ["no-such-slot", "damaged"]
        case recoverySlot + 1, recoverySlot + 2: ["damaged", "truncated"]
        case recoverySlot + 3..<blob: ["wrong-passphrase"]
        case blob + 32..<blob + 36: ["damaged", "truncated"]
        default: ["damaged"]
        }
    }
}

@Suite("Vault: damage")
struct DamageTests {
    @Test("the sample opens both ways as long as it is whole")
    func whole() throws {
        let sample = try Sample()
        #expect(sample.outcome(sample.file) == "ok")
        #expect(sample.outcomeByPassphrase(sample.file) == "ok")
    }

    @Test("every flipped bit is found, and named after the part it is in")
    func flips() throws {
        let sample = try Sample()
        for offset in sample.file.indices {
            for bit in 0..<8 {
                var changed = sample.file
                changed[offset] ^= 1 << bit
                let outcome = sample.outcome(changed)
                #expect(sample.classes(at: offset).contains(outcome), "bit \(bit) of byte \(offset): \(outcome)")
            }
        }
    }

    @Test("flipped bytes are found through the passphrase slot too")
    func flipsByPassphrase() throws {
        let sample = try Sample()
        let classes: [(Int, String)] = [
            (20, "wrong-passphrase"), (39, "damaged"), (41, "no-such-slot"), (44, "unacceptable-parameters"),
            (45, "wrong-passphrase"), (76, "wrong-passphrase"), (77, "wrong-passphrase"), (108, "wrong-passphrase"),
            (109, "wrong-passphrase"), (156, "wrong-passphrase"), (160, "damaged"), (271, "damaged"),
            (272, "damaged"), (308, "damaged"), (sample.file.count - 33, "damaged"), (sample.file.count - 1, "damaged"),
        ]
        for (offset, expected) in classes {
            var changed = sample.file
            changed[offset] ^= 0xFF
            #expect(sample.outcomeByPassphrase(changed) == expected, "byte \(offset)")
        }
    }

    @Test("every flipped bit is found through a libsecret slot, a key file and the data key", arguments: 0..<3)
    func flipsByKey(_ way: Int) throws {
        var vault = try Vault.create(random: .system)
        let key = secret("the key that the service holds..")
        try vault.addLibsecretSlot(key, random: .system)
        try vault.addKeyfileSlot(key, random: .system)
        let dataKey = vault.copyOfDataKey()
        let file = try vault.seal(random: .system)
        func opened(_ file: [UInt8]) throws(VaultError) {
            switch way {
            case 0: _ = try Vault.open(file, libsecretKey: key)
            case 1: _ = try Vault.open(file, keyfile: key)
            default: _ = try Vault.open(file, dataKey: dataKey)
            }
        }
        try opened(file)
        for offset in file.indices {
            let expected = Self.certain(way, file.count).first { $0.0.contains(offset) }?.1
            for bit in 0..<8 {
                var changed = file
                changed[offset] ^= 1 << bit
                let found = failure { () throws(VaultError) in try opened(changed) }.map(name(of:))
                #expect(found != nil && (expected == nil || found == expected), "bit \(bit) of byte \(offset)")
            }
        }
    }

    /// The parts of a file of two such slots in which a changed bit ends in one class alone. The data key by itself has
    /// nothing but the HMAC to be told by.
    private static func certain(_ way: Int, _ size: Int) -> [(Range<Int>, String)] {
        let (slots, blob) = ([44..<156, 159..<271], 271)
        let (identifier, salt, sealed) = (16..<32, blob..<blob + 32, blob + 36..<size)
        let wrong = "wrong-passphrase"
        guard way < 2 else { return [identifier, slots[0], slots[1], salt, sealed].map { ($0, wrong) } }
        return [(identifier, wrong), (slots[way], wrong)] + [slots[1 - way], salt, sealed].map { ($0, "damaged") }
    }

    @Test("every truncation is found as such")
    func truncations() throws {
        let sample = try Sample()
        for size in sample.file.indices {
            #expect(sample.outcome(Array(sample.file[..<size])) == "truncated", "\(size) bytes")
        }
        for size in stride(from: 0, to: sample.file.count, by: 37) {
            #expect(sample.outcomeByPassphrase(Array(sample.file[..<size])) == "truncated", "\(size) bytes")
        }
    }

    @Test("bytes that follow are found")
    func longer() throws {
        let sample = try Sample()
        for size in [1, 2, 31, 32, 33, 256, 4096] {
            #expect(sample.outcome(sample.file + [UInt8](repeating: 0, count: size)) == "damaged")
        }
        #expect(sample.outcome(sample.file + sample.file) == "damaged")
    }

    @Test("a file over 16 MiB is refused before it is looked at")
    func tooLarge() throws {
        let sample = try Sample()
        let zeros = [UInt8](repeating: 0, count: VaultHeader.maximumFileSize + 1 - sample.file.count)
        #expect(sample.outcome(sample.file + zeros) == "too-large")
    }

    @Test("parts of two vaults, or of two generations of one, do not fit together")
    func spliced() throws {
        let sample = try Sample()
        let other = try Sample()
        var vault = try Vault.open(sample.file, recoveryCode: secret(sample.code))
        let next = try vault.seal(random: .system)
        for cut in 1..<sample.file.count {
            // Where the bytes on one side of the cut happen to be the same in both, the whole is one of the two.
            let foreign = Array(sample.file[..<cut] + other.file[cut...])
            #expect(foreign == sample.file || sample.outcome(foreign) != "ok", "cut at \(cut)")
            let older = Array(next[..<cut] + sample.file[cut...])
            #expect(older == sample.file || older == next || sample.outcome(older) != "ok", "cut at \(cut)")
        }
    }

    @Test("garbage is refused, whatever it begins like", arguments: 0..<8 as Range<UInt64>)
    func garbage(seed: UInt64) throws {
        let sample = try Sample()
        var random = SplitMix64(state: seed)
        for _ in 0..<400 {
            let kept = Int.random(in: 0...sample.file.count, using: &random)
            let added = Int.random(in: 1...600, using: &random)
            let noise = (0..<added).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(sample.outcome(Array(sample.file[..<kept]) + noise) != "ok")
            var changed = sample.file
            for _ in 0..<Int.random(in: 1...9, using: &random) {
                let offset = Int.random(in: 0..<changed.count, using: &random)
                changed[offset] = sample.file[offset] ^ UInt8.random(in: 1...255, using: &random)
            }
            #expect(sample.outcome(changed) != "ok")
        }
    }
}

/// A small generator with a seed (Steele, Lea, Flood, "Fast splittable pseudorandom number generators"), so that a
/// failure can be had again.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
