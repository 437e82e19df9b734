import CLinux
import Glibc
import Secrets

/// Why the kernel keyring failed.
public enum KeyringError: Error, Equatable, Sendable {
    /// This process cannot use keyrings: a container's filter forbids them, or the kernel is built without them.
    case unavailable
    /// The user's quota of keys or bytes is used up.
    case full
    /// Another failure, with `errno`.
    case refused(code: Int32)
}

/// Keys of type `user` in the user keyring (`keyrings(7)`).
///
/// The default permissions stay: only a possessor may read. A login session of the same user becomes one by linking
/// the user keyring into its process keyring, which another user, or another user namespace, cannot.
public enum KernelKeyring {
    /// Stores `payload` under `description`, replacing an earlier one, for `seconds` from now.
    public static func put(_ payload: borrowing SecretBytes, _ description: String, seconds: UInt32)
        throws(KeyringError)
    {
        // Possess the keyring before adding the key, or the kernel refuses to set the timeout.
        _ = warder_possess_user_keyring()
        let key = payload.withUnsafeBytes { warder_add_user_key(description, $0.baseAddress, $0.count) }
        guard key != -1 else { throw error(errno) }
        guard warder_set_key_timeout(key, seconds) == 0 else {
            let code = errno
            warder_invalidate_key(key)
            throw error(code)
        }
    }

    /// The payload under `description`; nil if there is none, or it has expired.
    public static func get(_ description: String, limit: Int) throws(KeyringError) -> SecretBytes? {
        _ = warder_possess_user_keyring()
        let key = warder_search_user_key(description)
        guard key != -1 else { return try absent(errno) }
        var payload = SecretBytes(zeros: limit)
        let count = payload.withUnsafeMutableBytes { warder_read_key(key, $0.baseAddress, $0.count) }
        guard count != -1 else { return try absent(errno) }
        guard count <= limit else { throw .refused(code: EMSGSIZE) }
        payload.truncate(to: count)
        return payload
    }

    /// Removes the key under `description`; whether there was one.
    @discardableResult
    public static func remove(_ description: String) throws(KeyringError) -> Bool {
        _ = warder_possess_user_keyring()
        let key = warder_search_user_key(description)
        guard key != -1 else {
            _ = try absent(errno)
            return false
        }
        // The key exists: whatever keeps it from being invalidated, others can still use it.
        guard warder_invalidate_key(key) == 0 else { throw .refused(code: errno) }
        return true
    }

    /// Whether the kernel's list of keys shows one with this description, even if this process may not search them
    /// (proc_keys(5)).
    public static func isListed(_ description: String) -> Bool {
        guard let list = try? readFile("/proc/keys", limit: 1 << 22) else { return false }
        let wanted = Array(" \(description): ".utf8)
        return list.withUnsafeBytes { list in
            list.split(separator: UInt8(ascii: "\n")).contains { line in
                line.indices.contains { line[$0...].starts(with: wanted) }
            }
        }
    }

    private static func absent(_ code: Int32) throws(KeyringError) -> SecretBytes? {
        switch code {
        case ENOKEY, EKEYEXPIRED, EKEYREVOKED: return nil
        default: throw error(code)
        }
    }

    private static func error(_ code: Int32) -> KeyringError {
        switch code {
        case EPERM, ENOSYS, EACCES: .unavailable
        case EDQUOT: .full
        default: .refused(code: code)
        }
    }
}
