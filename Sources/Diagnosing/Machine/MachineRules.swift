import Failures
import Issuing
import Profiles
import Setup
import Stores
import Text

/// `/etc/warder/config`: whether it can be used, which of its rules hold here, and what they forbid.
enum MachineRules: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        let context = subject.context
        let policy: Policy
        do throws(Failure) { policy = try context.policy() } catch {
            return diagnosis.add(unusable(error, context.machine.path))
        }
        if case .failure(let failure) = subject.settings, isOfMachine(failure, context) {
            diagnosis.add(unusable(failure, context.machine.path))
        }
        guard let first = policy.lines.first else { return }
        let names = listed(policy.lines.map(\.name))
        diagnosis.add(Remark("rules", at: first.origin.path, "this machine sets rules: \(names)"))
        for effect in (try? subject.settings.get().effects) ?? [] {
            diagnosis.add(Remark("rule", at: effect.line.origin.place, effect.text))
        }
        if let refusal = failure({ () throws(Failure) in try subject.keys.refuseForbiddenStore() }) {
            diagnosis.add(forbidden(refusal, orShow: "warder store move --help"))
        }
        if let rule = onlyForbiddenSlots(subject, policy) {
            diagnosis.add(
                Finding(
                    "policy_slots", .broken, at: rule.origin.place,
                    "\(rule.spoken), but the vault has no such slot",
                    why: "warder gives out no credentials while this rule is broken", .run("warder vault slots")))
        }
        for name in subject.names where subject.profile != nil || subject.meant.asks(name) {
            guard let chain = try? subject.chain(name) else { continue }
            // What the rules shorten, `explain` shows.
            if let refusal = ChainRules(policy, chain).refusal {
                diagnosis.add(forbidden(refusal, orShow: "warder explain \(operand(name))"))
            }
        }
    }

    /// Whether a failure of the settings is one of `/etc/warder/config`.
    static func isOfMachine(_ failure: Failure, _ context: Context) -> Bool {
        (try? context.policy()) == nil || failure.origin?.begins(with: context.machine.path + ":") == true
    }

    /// The rule that forbids every slot that the vault has; nil if one is allowed.
    private static func onlyForbiddenSlots(_ subject: Subject, _ policy: Policy) -> RuleLine? {
        let names = subject.slotTypes.map(\.name)
        let rules = names.map { policy.rule(againstSlot: $0) }
        return rules.contains { $0 == nil } ? nil : rules.first ?? nil
    }

    private static func failure(_ body: () throws(Failure) -> Void) -> Failure? {
        do throws(Failure) { try body() } catch { return error }
        return nil
    }

    // MARK: - The file

    private static func unusable(_ failure: Failure, _ path: String) -> Finding {
        let command: String
        if let mending = failure.command?.removingPrefix("sudo ") {
            command = asRoot(String(mending))
        } else if let converting = failure.command {
            command = asRoot("sh -c \(shellWord(converting))")
        } else if let place = failure.origin, let line = place.utf8.split(separator: UInt8(ascii: ":")).last {
            command = asRoot("${EDITOR:-vi} +\(String(Substring(line))) \(shellWord(path))")
        } else {
            command = "ls -la \(shellWord(folder(ofPath: path) ?? path))"
        }
        return Finding(
            failure, at: failure.origin ?? path, code: "machine_settings",
            why: "warder gives out no credentials until it can read the rules", .run(command))
    }

    // MARK: - What it forbids

    /// - Parameter orShow: what to run where the failure has no command.
    private static func forbidden(_ failure: Failure, orShow: String) -> Finding {
        Finding(
            failure, at: failure.origin ?? "", code: failure.fault ?? "policy",
            why: "warder gives out no credentials while this rule is broken",
            .run(failure.command ?? orShow))
    }
}

extension Finding {
    fileprivate init(_ failure: Failure, at place: String, code: String, why: String, _ remedy: Remedy) {
        let message = failure.message.removingPrefix(place + ": ").map(String.init) ?? failure.message
        self.init(code, .broken, at: place, message, why: why, remedy)
    }
}
