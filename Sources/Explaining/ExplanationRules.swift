import Failures
import Issuing
import Setup
import Stores

extension Explanation {
    /// The bounds of the machine's settings that hold for the issuer's chain, in the order of the file.
    static func rules(_ issuer: Issuer) throws(Failure) -> [Policy.Effect] {
        let keys = issuer.keys
        let policy = try keys.context.policy()
        guard !policy.lines.isEmpty else { return [] }
        var effects = issuer.rules.effects() + (try Settings.load(keys.context).effects)
        if let seeds = policy.seedsRule, try hasSeed(issuer) {
            effects.append(.init(seeds, "the stored seed of its MFA device gives no codes"))
        }
        if let vault = try keys.store() as? VaultStore {
            for slot in try vault.forbiddenSlotNames() {
                guard let rule = policy.rule(againstSlot: slot) else { continue }
                effects.append(.init(rule, "the vault's \(slot) slot does not open it"))
            }
        }
        do throws(Failure) { try issuer.refuseForbidden() } catch {
            if let line = policy.lines.first(where: { $0.origin.place == error.origin }) {
                effects.append(.init(line, "no credentials are given out"))
            }
        }
        return effects.sorted { $0.line.origin.line < $1.line.origin.line }
    }

    /// Whether the chain's key is known to have a seed of one-time codes.
    private static func hasSeed(_ issuer: Issuer) throws(Failure) -> Bool {
        guard issuer.chain.hasMFA, let name = issuer.sessionMaker.source.keyName else { return false }
        return try issuer.keys.index()?.contains { $0.name == name && $0.hasTOTPSeed } == true
    }
}
