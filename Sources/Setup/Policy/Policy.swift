import Failures
import Text

/// The bounds of the machine's settings, from their section `[policy]`: no setting of a user, no variable and no option
/// goes past them. A bound that is nil is not set.
package struct Policy: Sendable {
    /// A bound, and the line that sets it.
    package struct Rule<Value: Sendable>: Sendable {
        /// What it allows.
        package let value: Value
        /// The line.
        package let line: RuleLine
    }

    /// What becomes of a long-term key in a config or credentials file.
    package enum PlaintextKeys: String, CaseIterable, Sendable {
        case allow
        case warn
        case refuse
    }

    /// `max_session_duration`: how long a session is served at most, in seconds from when it was made.
    package internal(set) var longestSession: Rule<Int>?
    /// `max_unlock_time`: how long anything stays unlocked at most, in seconds.
    package internal(set) var longestUnlock: Rule<Int>?
    /// `stores`: where keys may be kept.
    package internal(set) var stores: Rule<[StoreKind]>?
    /// `plaintext_keys`: whether long-term keys in files may be used.
    package internal(set) var plaintextKeys: Rule<PlaintextKeys>?
    /// `min_passphrase_length`: how many characters a new passphrase has at least.
    package internal(set) var shortestPassphrase: Rule<Int>?
    /// `require_mfa`: whether credentials made from a long-term key must be made with an MFA code.
    package internal(set) var requiresMFA: Rule<Bool>?
    /// `rotate_after`: the age at which a key is due at the latest, in seconds.
    package internal(set) var rotateAfter: Rule<Int>?
    /// `log = on`: the log is written, whatever a user's settings say.
    package internal(set) var log: Rule<Bool>?
    /// `allow_unlock_keys`: whether the vault's own key may lie unlocked.
    package internal(set) var allowsUnlockedKeys: Rule<Bool>?
    /// `allow_totp_seeds`: whether seeds of one-time codes may be stored and used.
    package internal(set) var allowsSeeds: Rule<Bool>?
    /// `slots`: the names of the slot types that may open a vault.
    package internal(set) var slots: Rule<[String]>?

    /// Every bound that is set, in the order of the file.
    package internal(set) var lines: [RuleLine] = []

    /// No bounds.
    package init() {}
}

extension Policy {
    /// What a bound does here.
    package struct Effect: Sendable, Equatable {
        /// The bound.
        package let line: RuleLine
        /// What it does, for people, as `the session lasts 1h at most, not 12h`.
        package let text: String

        /// A bound, and what it does.
        package init(_ line: RuleLine, _ text: String) {
            self.line = line
            self.text = text
        }
    }

    // Each of these is written out: one generic function would make its types at run time.

    /// The line that demands an MFA code; nil if none does.
    package var mfaRule: RuleLine? {
        guard let requiresMFA, requiresMFA.value else { return nil }
        return requiresMFA.line
    }

    /// The line that forbids `unlock --keys`; nil if none does.
    package var unlockedKeysRule: RuleLine? {
        guard let allowsUnlockedKeys, !allowsUnlockedKeys.value else { return nil }
        return allowsUnlockedKeys.line
    }

    /// The line that forbids seeds of one-time codes; nil if none does.
    package var seedsRule: RuleLine? {
        guard let allowsSeeds, !allowsSeeds.value else { return nil }
        return allowsSeeds.line
    }

    /// The line that forbids a store of this kind; nil if none does.
    package func rule(against kind: StoreKind) -> RuleLine? {
        guard let stores, !stores.value.contains(kind) else { return nil }
        return stores.line
    }

    /// The line that forbids slots of this type, by its name; nil if none does.
    package func rule(againstSlot type: String) -> RuleLine? {
        guard let slots, !slots.value.contains(type) else { return nil }
        return slots.line
    }

    /// Fails if what an option asks for goes past `max_unlock_time`.
    package func refuse(unlockingFor seconds: Int) throws(Failure) {
        guard let rule = longestUnlock, seconds > rule.value else { return }
        throw Failure(
            rule.line, forbids: "--for asks for \(spoken(seconds: Int64(seconds)))",
            hint: "ask for \(spoken(seconds: Int64(rule.value))) at most, or leave --for out")
    }

    /// Fails if what an option asks for goes past `max_session_duration`.
    ///
    /// - Parameter remark: what the hint ends with.
    package func refuse(
        sessionsLasting seconds: Int64, instead remark: String = "--serve renews as it goes"
    ) throws(Failure) {
        guard let rule = longestSession, seconds > Int64(rule.value) else { return }
        throw Failure(
            rule.line, forbids: "--min-ttl asks for \(spoken(seconds: seconds))",
            hint: "ask for \(spoken(seconds: Int64(rule.value))) at most; \(remark)")
    }

    /// Fails if a console session goes past `max_session_duration`.
    package func refuse(consoleLasting seconds: Int) throws(Failure) {
        guard let rule = longestSession, seconds > rule.value else { return }
        throw Failure(
            rule.line, forbids: "--duration asks for \(spoken(seconds: Int64(seconds)))",
            hint: "ask for \(spoken(seconds: Int64(rule.value))) at most, or leave --duration out")
    }

    /// Fails if no seed of one-time codes may be stored.
    package func refuseSeeds() throws(Failure) {
        guard let rule = seedsRule else { return }
        throw Failure(
            rule, forbids: "this would store a seed beside its key",
            hint: "keep the seed on a security key: mfa_process = ykman oath accounts code --single NAME")
    }
}
