import Chains
import Failures
import Issuing
import Linux
import Profiles
import STS
import Sessions
import Setup
import Stores
import Times

/// Why a profile gives the credentials that it gives, and what the next `process` would do for it.
package struct Explanation {
    let profile: String
    var steps: [Step]
    /// The STS endpoint; nil if STS is not called, or if no region or setting determines an endpoint.
    let endpoint: Endpoint?
    /// The line that sets the endpoint; nil if it comes from AWS's own table.
    let endpointOrigin: Origin?
    /// How `prompts` names a code.
    static let code = "an MFA code"
    /// Why the next `process` would prompt; empty if it would not.
    var prompts: [String] = []
    /// Why the next `process` would fail, as far as warder can see; nil if nothing is known to prevent it.
    var obstacle: String?
    /// Why it would fail if it finds nothing in the cache, whose content is unknown while locked; nil as above.
    var doubt: String?
    /// The machine's rules that hold for the profile.
    var rules: [Policy.Effect] = []
    /// While the cache is locked, its content is unknown.
    let isLocked: Bool
    /// AWS's time minus this machine's, in seconds, according to the cached sessions.
    var clockOffset: Int64 = 0
    /// Whether SDKs ask warder for the profile.
    let sdks: SDKVerdict
}

extension Explanation {
    package init(_ issuer: Issuer) throws(Failure) {
        let chain = issuer.chain
        profile = chain.profile
        let source = issuer.sessionMaker.source
        steps = [Step(source, of: chain, isStoredToo: Self.isStored(source.plaintextKey, in: issuer.keys))]
        if let session = chain.session {
            steps.append(Step(session: session, of: chain, key: source.keyName))
        }
        let profiles = try ProfileLoading(issuer.keys.context).profiles()
        for role in chain.roles { steps.append(Step(role: role, of: chain, profiles.profile(role.profile))) }
        sdks = try SDKVerdict(issuer.keys.context, profiles, profile: chain.profile)
        try source.check()
        let asksSTS = chain.stepCount > 0 || source.asksSTS
        endpoint = asksSTS ? try issuer.sessionMaker.stsEndpoint() : try? issuer.sessionMaker.stsEndpoint()
        endpointOrigin = endpoint?.isCustom == true ? issuer.sessionMaker.endpointOrigin : nil
        let hasStore = try issuer.keys.store() != nil
        isLocked = try issuer.keys.unlockedState()?.deadline == nil && hasStore
        rules = try Self.rules(issuer)
        do throws(Failure) { try issuer.refuseForbidden() } catch {
            // Whatever is cached.
            try findCached(issuer)
            obstacle = Self.words(error)
            for index in steps.indices { steps[index].isNeeded = false }
            return
        }
        try plan(issuer)
    }

    /// Whether the store has the same key, as far as warder can see.
    private static func isStored(_ key: PlaintextKey?, in keys: Keys) -> Bool {
        guard let key, let index = try? keys.index() else { return false }
        return index.contains { $0.name == key.profile.name || $0.accessKeyID == key.accessKeyID.value }
    }

    /// Finds the cached sessions, then the steps after them that the next `process` must make, and what would prevent
    /// that.
    private mutating func plan(_ issuer: Issuer) throws(Failure) {
        try findCached(issuer)
        if issuer.chain.confirmation.isWanted { prompts.append("a yes to the use of \(profile)") }
        let needsCache = issuer.chain.stepCount > 0 || issuer.sessionMaker.keepsSource
        let opensForCache = isLocked && needsCache
        let needsKey = issuer.sessionMaker.source.keyName != nil && steps[0].isNeeded
        var asksForPassphrase = false
        if opensForCache || needsKey {
            switch try issuer.keys.storeOutlook(needsCache: opensForCache) {
            case .closed(let failure): meet(failure)
            case .passphrase: asksForPassphrase = true
            case .unasked: break
            }
        }
        if obstacle == nil, steps[0].isNeeded, let failure = try issuer.sessionMaker.source.obstacle() {
            if !opensForCache {
                meet(failure)
            } else if failure.code != .promptNeeded {
                // The source is not asked while its credentials, or sessions made with them, may be cached. A cached
                // sign-in would be visible.
                doubt = Self.words(failure)
            }
        }
        if obstacle == nil {
            for step in steps where step.isNeeded && step.asksForCode { prompts.append(Self.code) }
        }
        if asksForPassphrase { prompts.append("the vault's passphrase") }
    }

    private mutating func findCached(_ issuer: Issuer) throws(Failure) {
        // steps[0] is the source: the chain counts from the step after it.
        var first = 0
        for index in steps.indices.reversed() {
            let cached: Issuer.Cached?
            // What comes before a session that will be served is only shown.
            if first > 0 {
                cached = try? issuer.cachedSession(index - 1)
            } else {
                if index > 0 || issuer.sessionMaker.keepsSource, !isLocked || index == steps.count - 1 {
                    _ = try issuer.sessionMaker.identity(of: index - 1)
                }
                cached = try issuer.cachedSession(index - 1)
            }
            guard let cached else { continue }
            steps[index].cachedUntil = cached.end
            if clockOffset == 0 { clockOffset = cached.clockOffset }
            if cached.isServed, first == 0 { first = index + 1 }
        }
        for index in steps.indices where index >= first { steps[index].isNeeded = true }
    }

    /// The source is unavailable: an old session that still works is served all the same; without one, the next
    /// `process` fails.
    private mutating func meet(_ failure: Failure) {
        guard let old = steps.firstIndex(where: { $0.isNeeded && $0.cachedUntil != nil }) else {
            obstacle = Self.words(failure)
            return
        }
        for index in 0...old { steps[index].isNeeded = false }
    }

    private static func words(_ failure: Failure) -> String { "\(failure.message); \(failure.hint)" }
}
