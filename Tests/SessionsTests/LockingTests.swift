import Crypto
import Foundation
import Linux
import Secrets
import Sessions
import Testing
import Threads

@Suite("Locking", .waits)
struct LockingTests {
    private let store = UUID().uuidString

    private func key(_ text: StaticString = "0123456789abcdef0123456789abcdef") -> SecretBytes { SecretBytes(text) }

    private func state(_ key: UnlockedKeyKind = .sessionCache) -> UnlockedState {
        UnlockedState(key, store: store, runtimeFolder: "/dev/shm")
    }

    private func isRefused(_ work: () throws(UnlockedStateError) -> Void) -> Bool {
        do throws(UnlockedStateError) { try work() } catch { return error == .lockedMeanwhile }
        return false
    }

    @Test("what began before a lock makes nothing available after it", arguments: [false, true])
    func inFlight(holding: Bool) throws {
        let state = state()
        let snapshot = state.lockSnapshot()
        if holding { try state.hold() } else { try state.lock() }
        #expect(isRefused { () throws(UnlockedStateError) in try state.unlock(key(), seconds: 60, snapshot: snapshot) })
        #expect(state.deadline == nil && state.isHeld == holding)
        try state.unlock(key(), seconds: 60, snapshot: state.lockSnapshot())
        #expect(state.deadline != nil && !state.isHeld)
        try state.lock()
    }

    @Test("each lock is another one")
    func again() throws {
        let state = state()
        try state.lock()
        let snapshot = state.lockSnapshot()
        try state.lock()
        #expect(isRefused { () throws(UnlockedStateError) in try state.unlock(key(), seconds: 60, snapshot: snapshot) })
        #expect(
            isRefused { () throws(UnlockedStateError) in try state.unlock(key(), seconds: 60, snapshot: .ofNewStore) })
        #expect(state.deadline == nil)
    }

    @Test("a refused one leaves what was made available since")
    func later() throws {
        let state = state()
        let snapshot = state.lockSnapshot()
        try state.lock()
        try state.unlock(key(), seconds: 60)
        #expect(isRefused { () throws(UnlockedStateError) in try state.unlock(key(), seconds: 60, snapshot: snapshot) })
        #expect(state.deadline != nil)
        try state.lock()
    }

    @Test("what is held back and unlocked is not held back any more when the time is out")
    func released() throws {
        let state = state()
        try state.hold()
        try state.unlock(key(), seconds: 1)
        sleep(milliseconds: 1100)
        #expect(state.deadline == nil && !state.isHeld)
        try state.hold()
        #expect(state.isHeld)
        try state.lock()
    }

    @Test("what a crowd shares opens for what it has in common, and until the sessions are locked")
    func shared() throws {
        let shared = SharedUnlock(store: store, runtimeFolder: "/dev/shm")
        shared.leave(key(), SecretBytes("value secret"), snapshot: state().lockSnapshot(), random: .system)
        switch shared.key(SecretBytes("value secret")) {
        case .some(let found): #expect(found.withUnsafeBytes { Array($0) } == key().withUnsafeBytes { Array($0) })
        case .none: Issue.record("it is not there")
        }
        let absent = isAbsent(shared.key(SecretBytes("value other")))
        #expect(absent)
        let snapshot = state().lockSnapshot()
        try state().lock()
        let gone = isAbsent(shared.key(SecretBytes("value secret")))
        #expect(gone)
        shared.leave(key(), SecretBytes("value secret"), snapshot: snapshot, random: .system)
        let refused = isAbsent(shared.key(SecretBytes("value secret")))
        #expect(refused)
        shared.forget()
    }
}
