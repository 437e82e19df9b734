import Failures
import Sessions
import Setup

extension Keys {
    /// Takes what lies unlocked away; whether anything was, nil where there is no store.
    package func lock() throws(Failure) -> Bool? {
        guard let state = try unlockedState() else { return nil }
        let store = try store()
        let vault = store as? VaultStore
        let left = try vault?.dataKeyState()
        // Where that cannot be told, it is held back.
        let opensByItself = vault.map { (try? $0.hasUnattendedSlot()) ?? true } ?? (store != nil)
        var failure: UnlockedStateError?
        do throws(UnlockedStateError) { try left?.lock() } catch { failure = error }
        vault?.sharedOpening?.forget()
        let was: Bool
        do throws(UnlockedStateError) { was = opensByItself ? try state.hold() : try state.lock() } catch {
            throw Failure.notLocked(error)
        }
        if let failure { throw Failure.notLocked(failure) }
        return was
    }
}
