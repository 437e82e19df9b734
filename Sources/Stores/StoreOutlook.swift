import Failures
import Linux
import Sessions
import Vault

/// How a store would open for the next `process`, as far as can be seen without a secret.
package enum StoreOutlook {
    /// By itself, for all that can be seen.
    case unasked
    /// By its passphrase, which somebody is asked for.
    case passphrase
    /// Not at all.
    case closed(Failure)
}

extension Keys {
    /// - Parameter needsCache: it must open for the sessions, not for a key alone.
    package func storeOutlook(needsCache: Bool) throws(Failure) -> StoreOutlook {
        guard let store = try store() else { return .unasked }
        do throws(Failure) {
            try refuseIfHeld()
            if needsCache { try (store as? SecretServiceStore)?.lookForCacheKey() }
        } catch { return .closed(error) }
        return try (store as? VaultStore)?.outlook() ?? .unasked
    }
}

extension VaultStore {
    /// In the order in which its ways are tried.
    fileprivate func outlook() throws(Failure) -> StoreOutlook {
        if try dataKeyState()?.deadline != nil { return .unasked }
        let slots = try slots()
        if !isPassphraseGiven {
            for slot in slots where try slot.handler?.mayOpen(slot, of: self) == true { return .unasked }
        }
        guard slots.contains(where: { $0.type == .passphrase }) else { return .closed(noWay(nil)) }
        return passphraseIsUnattended ? .unasked : .passphrase
    }
}

extension SecretServiceStore {
    /// Looks whether the key that encrypts sessions is to be had, or could be made.
    ///
    /// - Throws: why it would not be.
    fileprivate func lookForCacheKey() throws(Failure) {
        guard let identifier = try marker.identifier() else { throw Failure.noStore }
        guard try !desktop.has(DesktopSecrets.sessionCacheKeys, ["store": identifier]) else { return }
        guard desktop.obstacle == nil else { throw Failure(.noCollection) }
    }
}
