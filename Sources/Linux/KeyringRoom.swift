import Glibc
import Secrets
import Text

extension KernelKeyring {
    /// Whether the kernel lets this process use keyrings at all.
    public static var isPermitted: Bool {
        do throws(KeyringError) { _ = try get("warder:nothing", limit: 1) } catch { return error != .unavailable }
        return true
    }

    /// Whether this user's quota leaves room for one more key, as far as can be seen without storing one.
    public static var hasRoom: Bool {
        guard let table = try? readFile("/proc/key-users", limit: 1 << 22) else { return true }
        return hasRoom(inTable: table.text(0..<table.count), user: geteuid())
    }

    /// Whether the quota of a user allows one more key of some hundred bytes, by a table as `/proc/key-users` is
    /// (keyrings(7)); a user who is not in it has no keys yet.
    package static func hasRoom(inTable text: String, user: UInt32) -> Bool {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
            guard words.count == 5, words[0] == "\(user):" else { continue }
            guard let keys = quota(words[3]), let bytes = quota(words[4]) else { return true }
            return keys.used < keys.limit && bytes.used + 256 <= bytes.limit
        }
        return true
    }

    private static func quota(_ text: String) -> (used: UInt64, limit: UInt64)? {
        let numbers = text.utf8.split(separator: UInt8(ascii: "/")).map { UInt64(String(Substring($0))) }
        guard numbers.count == 2, let used = numbers[0], let limit = numbers[1] else { return nil }
        return (used, limit)
    }
}
