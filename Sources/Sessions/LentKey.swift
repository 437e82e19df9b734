import Linux
import Secrets

/// The session-cache key as it lies unlocked, with the moment from which it no longer counts.
///
/// Twelve bytes of magic, the key (32), the deadline in milliseconds since the machine started (8, big-endian). That
/// clock fits both places where it lies: neither outlives the machine's run.
struct LentKey: ~Copyable {
    static let size = 12 + 32 + 8
    private static let magic: StaticString = "warder-key1\n"

    let key: SecretBytes
    let deadline: Deadline

    init(key: consuming SecretBytes, deadline: Deadline) {
        self.key = key
        self.deadline = deadline
    }

    init?(decoding payload: borrowing SecretBytes) {
        guard payload.count == Self.size else { return nil }
        for index in 0..<12 where payload[index] != Self.magic.utf8Start[index] { return nil }
        var milliseconds: Int64 = 0
        for index in 44..<52 { milliseconds = milliseconds << 8 | Int64(payload[index]) }
        self.init(key: payload.copy(12..<44), deadline: Deadline(milliseconds: milliseconds))
    }

    borrowing func encoded() -> SecretBytes {
        var payload = SecretBytes(Self.magic)
        payload.append(key)
        for shift in stride(from: 56, through: 0, by: -8) {
            payload.append(UInt8(truncatingIfNeeded: deadline.milliseconds >> Int64(shift)))
        }
        return payload
    }
}
