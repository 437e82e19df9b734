import Chains
import Failures
import Profiles
import Text

/// Whether the keys that profiles are to get their credentials from are stored.
enum StoredKeysNeeded: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        // What its copy has need not be added anew.
        let isVaultGone = diagnosis.findings.contains { $0.code == SoundVault.goneCode }
        guard case .success(let store) = subject.store, !isVaultGone else { return }
        let known: [String]
        if store == nil {
            known = []
        } else if let stored = subject.keyIndex {
            known = stored.map(\.name)
        } else {
            return
        }
        // What no profile and no key is called is told already, at its line.
        let places = diagnosis.findings.compactMap(\.place)
        for need in needs(subject) where !known.contains(where: { $0.isSame(as: need.key) }) {
            guard need.origin.map({ !places.holds($0.place) }) ?? true else { continue }
            diagnosis.add(store == nil ? noStore(need) : notStored(need, store?.kind.spoken ?? ""))
        }
    }

    /// A key that a profile begins with.
    private struct Need {
        let key: String
        let profile: String
        let origin: Origin?
    }

    /// The keys that profiles which ask warder begin with, each once.
    private static func needs(_ subject: Subject) -> [Need] {
        guard let profiles = try? subject.profiles.get() else { return [] }
        var needs: [Need] = []
        for name in subject.names {
            guard let profile = profiles.profile(name), (try? profile.asksWarder()) == true else { continue }
            // Told by `Resolution`, at the line that names it.
            if case .sourceMissing? = fault(of: name, subject) { continue }
            let token = subject.context.environment.nonEmpty("AWS_WEB_IDENTITY_TOKEN_FILE")
            let chain = try? Chain.unchecked(name, in: profiles, webIdentityTokenFile: token) { _ in true }
            guard case .storedKey(let key, let origin)? = chain?.source,
                !needs.contains(where: { $0.key.isSame(as: key) })
            else { continue }
            needs.append(Need(key: key, profile: name, origin: origin ?? profile.origin))
        }
        return needs
    }

    private static func fault(of profile: String, _ subject: Subject) -> ChainError? {
        do throws(ChainError) { _ = try subject.chain(profile) } catch { return error }
        return nil
    }

    private static func noStore(_ need: Need) -> Finding {
        Finding(
            "no_store", .broken, at: need.origin?.place,
            "the profile \(need.profile) needs the key \(need.key), and no key is stored yet",
            why: "programs that use the profile get no credentials", adding(need.key))
    }

    private static func notStored(_ need: Need, _ store: String) -> Finding {
        Finding(
            "key_not_stored", .broken, at: need.origin?.place,
            "the profile \(need.profile) needs the key \(need.key), which is not in the \(store)",
            why: "programs that use the profile get no credentials", adding(need.key))
    }

    private static func adding(_ key: String) -> Remedy {
        .run("warder add \(operand(key))")
    }
}
