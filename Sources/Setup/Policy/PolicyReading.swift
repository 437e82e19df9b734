import Failures
import Profiles
import Sessions
import Text
import Times
import Vault

extension Policy {
    /// The names of all bounds.
    package static let names = [
        "max_session_duration", "max_unlock_time", "stores", "plaintext_keys", "min_passphrase_length", "require_mfa",
        "rotate_after", "log", "allow_unlock_keys", "allow_totp_seeds", "slots",
    ]

    /// Slot types that a policy may name beforehand: this version has none of them.
    private static let futureSlots = ["tpm2"]

    /// The slots by which a vault is opened for its keys: a recovery code only makes a new slot.
    private static let dailySlots = ["passphrase", "keyfile", "libsecret"]

    /// What AWS takes for a session, in seconds.
    private static let sessions = 900...129_600
    /// How many characters a bound may ask of a passphrase.
    private static let passphrases = 1...256

    /// Reads the section.
    init(_ section: Profile) throws(Failure) {
        for name in Self.names {
            guard let setting = try Self.setting(name, section) else { continue }
            try take(setting, name)
            lines.append(Self.line(setting, name))
        }
        lines.sort { $0.origin.line < $1.origin.line }
    }

    private mutating func take(_ setting: Setting, _ name: String) throws(Failure) {
        switch name {
        case "max_session_duration":
            longestSession = try Self.time(
                setting, name, in: Self.sessions, "a session duration that AWS accepts", hint: "write 15m to 36h, as 8h"
            )
        case "max_unlock_time":
            longestUnlock = try Self.time(
                setting, name, in: 1...UnlockedState.longest, "a valid unlock time",
                hint: "write 1s to 30d, as 8h or 90m")
        case "rotate_after":
            rotateAfter = try Self.time(
                setting, name, in: Settings.rotationAges, "a valid age for rotation",
                hint: "write 1d to 3650d, as 90d")
        case "stores":
            stores = try Self.list(setting, name, of: StoreKind.allCases.map(\.rawValue), "a store") {
                StoreKind(rawValue: $0)
            }
        case "slots":
            let rule = try Self.list(setting, name, of: SlotType.names + Self.futureSlots, "a slot type") { $0 }
            guard rule.value.contains(where: Self.dailySlots.contains) else {
                throw .wrongSetting(
                    setting, "would lock every user out: these slots do not open a vault for daily use",
                    hint: "add at least one of \(Self.dailySlots.joined(separator: ", "))")
            }
            slots = rule
        case "plaintext_keys":
            plaintextKeys = try Self.plaintextKeys(setting, name)
        case "min_passphrase_length": shortestPassphrase = try Self.length(setting, name)
        case "log": log = try Self.on(setting, name)
        case "require_mfa": requiresMFA = try Self.choice(setting, name)
        case "allow_unlock_keys": allowsUnlockedKeys = try Self.choice(setting, name)
        case "allow_totp_seeds": allowsSeeds = try Self.choice(setting, name)
        default: break
        }
    }

    // MARK: - Values

    /// A bound without a value would be one that is not kept.
    private static func setting(_ name: String, _ section: Profile) throws(Failure) -> Setting? {
        do throws(ProfileError) {
            if let setting = try section.plain(name) { return setting }
        } catch { throw Failure(error) }
        guard let origin = section.mention(of: name) else { return nil }
        throw Failure(
            .badConfig, "\(origin.place): \(name) is empty", hint: "write a value, or remove the line",
            origin: origin.place, fault: "bad_setting")
    }

    private static func line(_ setting: Setting, _ name: String) -> RuleLine {
        RuleLine(name: name, value: setting.words.joined(separator: ", "), origin: setting.origin)
    }

    private static func time(
        _ setting: Setting, _ name: String, in range: ClosedRange<Int>, _ what: String, hint: String
    ) throws(Failure) -> Rule<Int> {
        Rule(value: try setting.seconds(in: range, what, hint: hint), line: line(setting, name))
    }

    private static func plaintextKeys(_ setting: Setting, _ name: String) throws(Failure) -> Rule<PlaintextKeys> {
        let words = PlaintextKeys.allCases.map(\.rawValue)
        guard let value = PlaintextKeys(rawValue: setting.value) else {
            throw .wrongSetting(setting, "is none of \(alternatives(words))", hint: "write one of these words")
        }
        return Rule(value: value, line: line(setting, name))
    }

    private static func length(_ setting: Setting, _ name: String) throws(Failure) -> Rule<Int> {
        guard let value = Int(setting.value), passphrases.contains(value) else {
            throw .wrongSetting(setting, "is not a number of characters from 1 to 256", hint: "write a number, as 16")
        }
        return Rule(value: value, line: line(setting, name))
    }

    private static func on(_ setting: Setting, _ name: String) throws(Failure) -> Rule<Bool> {
        guard setting.value == "on" else {
            throw .wrongSetting(
                setting, "is not a bound: the log can only be kept on",
                hint: "write log = on, or remove the line; log = off belongs in [warder]")
        }
        return Rule(value: true, line: line(setting, name))
    }

    private static func choice(_ setting: Setting, _ name: String) throws(Failure) -> Rule<Bool> {
        switch setting.value {
        case "true", "on": return Rule(value: true, line: line(setting, name))
        case "false", "off": return Rule(value: false, line: line(setting, name))
        default: throw .wrongSetting(setting, "is neither true nor false", hint: "write true or false")
        }
    }

    private static func list<Value>(
        _ setting: Setting, _ name: String, of known: [String], _ what: String, _ value: (String) -> Value?
    ) throws(Failure) -> Rule<[Value]> {
        var values: [Value] = []
        for word in setting.words {
            guard known.contains(word), let value = value(word) else {
                let meant = nearest(to: word, among: known).map { "write \($0), if that is what you mean" }
                throw .wrongSetting(
                    Setting(value: word, origin: setting.origin), "is not \(what)",
                    hint: meant ?? "write one or more of \(known.joined(separator: ", "))")
            }
            values.append(value)
        }
        guard !values.isEmpty else {
            throw .wrongSetting(setting, "lists nothing", hint: "write one or more of \(known.joined(separator: ", "))")
        }
        return Rule(value: values, line: line(setting, name))
    }
}
