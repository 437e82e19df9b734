import Foundation
import Linux
import Secrets
import Sessions
import Testing

@Suite("Bounds of sessions and of what is unlocked")
struct LimitTests {
    private let store = UUID().uuidString

    private func state(limit: Int?) -> UnlockedState {
        UnlockedState(.sessionCache, store: store, runtimeFolder: "/dev/shm", limit: limit)
    }

    private func key() -> SecretBytes { SecretBytes("0123456789abcdef0123456789abcdef") }

    private func left(_ state: UnlockedState) throws -> Int64 { try #require(state.deadline).remaining }

    @Test("what was unlocked for longer than the limit ends at it, for all who look from then on")
    func shortened() throws {
        try state(limit: nil).unlock(key(), seconds: 600)
        #expect(try left(state(limit: 700)) > 500_000)
        #expect(try left(state(limit: 60)) <= 60_000)
        #expect(try left(state(limit: nil)) <= 60_000)
        let isThere = !isAbsent(state(limit: 60).key())
        #expect(isThere)
        try state(limit: nil).lock()
    }

    @Test("it is not prolonged by being looked at")
    func notProlonged() throws {
        try state(limit: nil).unlock(key(), seconds: 600)
        let first = try #require(state(limit: 60).deadline)
        usleep(20_000)
        #expect(try #require(state(limit: 60).deadline).milliseconds == first.milliseconds)
        try state(limit: nil).lock()
    }

    @Test("it is not unlocked for longer than the limit either")
    func unlocking() throws {
        try state(limit: 60).unlock(key(), seconds: 600)
        #expect(try left(state(limit: nil)) <= 60_000)
        try state(limit: nil).lock()
    }

    @Test("a session ends so long after it was made, by AWS's clock as by this machine's")
    func sessions() {
        for offset in [0, 500, -500] as [Int64] {
            let clock = offset == 0 ? nil : ClockOffset(seconds: offset, moment: .now, boot: "b")
            let label = SessionLabel(
                profile: "p", key: nil, role: nil, mfaDevice: nil, issued: 1_000, clock: clock)
            func session() -> Session {
                Session(
                    credentials: Credentials(
                        accessKeyID: "A", secret: SecretBytes("s"), sessionToken: SecretBytes("t"),
                        expiration: 9_000 + offset, accountID: nil), label: label)
            }
            #expect(session().end == 9_000)
            let shorter = session().lasting(atMost: 3_600)
            #expect(shorter.end == 4_600 && shorter.credentials.expiration == 4_600 + offset)
            #expect(session().lasting(atMost: 10_000).end == 9_000)
        }
    }
}
