import Linux
import Secrets

/// An unlocked key as stored, with the moment from which it is invalid, and the last lock before it was unlocked: a
/// later lock makes it invalid too.
///
/// Twelve bytes of magic, the deadline in milliseconds since boot (8, big-endian), the lock's stamp (12), the key (32,
/// or what is derived from one). Both places to store it are as short-lived as that clock: neither survives a reboot.
struct UnlockedKey: ~Copyable {
    static let largest = head + 128
    private static let head = 12 + 8 + LockMark.stampSize
    private static let magic: StaticString = "warder-key2\n"

    let key: SecretBytes
    let deadline: Deadline
    let stamp: [UInt8]

    init(key: consuming SecretBytes, deadline: Deadline, stamp: [UInt8]) {
        self.key = key
        self.deadline = deadline
        self.stamp = stamp
    }

    init?(decoding payload: borrowing SecretBytes) {
        guard payload.count >= Self.head + 32, payload.count <= Self.largest else { return nil }
        for index in 0..<12 where payload[index] != Self.magic.utf8Start[index] { return nil }
        var milliseconds: Int64 = 0
        for index in 12..<20 { milliseconds = milliseconds << 8 | Int64(payload[index]) }
        self.init(
            key: payload.copy(Self.head..<payload.count), deadline: Deadline(milliseconds: milliseconds),
            stamp: (20..<Self.head).map { payload[$0] })
    }

    borrowing func encoded() -> SecretBytes {
        var payload = SecretBytes(Self.magic)
        for shift in stride(from: 56, through: 0, by: -8) {
            payload.append(UInt8(truncatingIfNeeded: deadline.milliseconds >> Int64(shift)))
        }
        for byte in stamp { payload.append(byte) }
        payload.append(key)
        return payload
    }
}
