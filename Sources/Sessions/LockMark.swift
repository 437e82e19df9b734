import Crypto
import Glibc
import Secrets

/// The mark that each lock leaves: an unlocking that began before the lock makes nothing available after it.
///
/// Twelve bytes of magic, one that says whether the store is held locked, and a stamp of twelve that no other lock has:
/// the nanoseconds since boot, and the process.
struct LockMark: Equatable, Sendable {
    static let size = 12 + 1 + stampSize
    /// The most bytes of a mark of any version.
    static let largest = 512
    static let stampSize = 12
    private static let magic: StaticString = "warder-mark1"

    let stamp: [UInt8]
    let isHeld: Bool

    /// Nothing has been locked since boot.
    static let none = LockMark(stamp: [UInt8](repeating: 0, count: stampSize), isHeld: false)

    /// The mark of a lock at this moment.
    ///
    /// - Parameter isHeld: a store that opens by itself stays locked until the user unlocks it.
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

    /// Nil for what is no mark, which makes every key invalid.
    ///
    /// A mark of a newer version holds the store locked until `unlock`. Its stamp is as little known as the rest of it:
    /// the digest of all stands for it.
    init?(decoding payload: borrowing SecretBytes) {
        if payload.withUnsafeBytes(Self.isOfNewerVersion) {
            guard let digest = try? payload.withUnsafeBytes({ (bytes) throws(CryptoError) in try sha256(bytes) })
            else { return nil }
            (stamp, isHeld) = (Array(digest.prefix(Self.stampSize)), true)
            return
        }
        guard payload.count == Self.size else { return nil }
        for index in 0..<12 where payload[index] != Self.magic.utf8Start[index] { return nil }
        isHeld = payload[12] != 0
        stamp = (13..<Self.size).map { payload[$0] }
    }

    /// Marks of every version begin with `warder-mark` and its number; at least as much as a stamp follows.
    private static func isOfNewerVersion(_ payload: UnsafeRawBufferPointer) -> Bool {
        let name = UnsafeBufferPointer(start: magic.utf8Start, count: 11)
        guard payload.count >= 12 + stampSize, payload.starts(with: name) else { return false }
        return (UInt8(ascii: "2")...UInt8(ascii: "9")).contains(payload[11])
    }

    func encoded() -> SecretBytes {
        var payload = SecretBytes(Self.magic)
        payload.append(isHeld ? 1 : 0)
        for byte in stamp { payload.append(byte) }
        return payload
    }
}

/// The last lock at the time an unlocking began. A key becomes available only if nothing has been locked since.
public struct LockSnapshot: Equatable, Sendable {
    let kernel: LockMark
    let file: LockMark

    /// The snapshot of a new store, which was never locked.
    public static let ofNewStore = LockSnapshot(kernel: .none, file: .none)
}
