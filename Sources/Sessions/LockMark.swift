import Glibc
import Secrets

/// What each lock leaves: whatever was begun before it makes nothing available after it.
///
/// Twelve bytes of magic, one that says whether the store is held back, and twelve that no other lock has: the nanoseconds
/// since the machine started, and the process.
struct LockMark: Equatable, Sendable {
    static let size = 12 + 1 + stampSize
    static let stampSize = 12
    private static let magic: StaticString = "warder-mark1"

    let stamp: [UInt8]
    let isHeld: Bool

    /// Nothing was locked since the machine started.
    static let none = LockMark(stamp: [UInt8](repeating: 0, count: stampSize), isHeld: false)

    /// The mark of a lock at this moment.
    ///
    /// - Parameter isHeld: what opens by itself is not to be opened until somebody unlocks it.
    static func now(isHeld: Bool) -> LockMark {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        let nanoseconds = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        let process = UInt32(bitPattern: getpid())
        let stamp =
            (0..<8).map { UInt8(truncatingIfNeeded: nanoseconds >> (56 - 8 * UInt64($0))) }
            + (0..<4).map { UInt8(truncatingIfNeeded: process >> (24 - 8 * UInt32($0))) }
        return LockMark(stamp: stamp, isHeld: isHeld)
    }

    private init(stamp: [UInt8], isHeld: Bool) {
        self.stamp = stamp
        self.isHeld = isHeld
    }

    init?(decoding payload: borrowing SecretBytes) {
        guard payload.count == Self.size else { return nil }
        for index in 0..<12 where payload[index] != Self.magic.utf8Start[index] { return nil }
        isHeld = payload[12] != 0
        stamp = (13..<Self.size).map { payload[$0] }
    }

    func encoded() -> SecretBytes {
        var payload = SecretBytes(Self.magic)
        payload.append(isHeld ? 1 : 0)
        for byte in stamp { payload.append(byte) }
        return payload
    }
}

/// When an opening began: what was locked last by then. A key becomes available only if nothing was locked since.
public struct LockSnapshot: Equatable, Sendable {
    let kernel: LockMark
    let file: LockMark

    /// Nothing was ever locked: for a store that is new.
    public static let ofNewStore = LockSnapshot(kernel: .none, file: .none)
}
