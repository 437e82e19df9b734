import Linux
import Secrets

/// Files that the disk could not take, encrypted as they would be there: they stay in the kernel's user keyring for a
/// minute, for the processes that waited for them. Otherwise each of those would make its own session, with a one-time
/// code that is used up.
enum KeyringFallback {
    /// How long, in seconds: the keyring is small, and the waiting processes are already there.
    private static let time: UInt32 = 60
    /// The kernel allows a user 20,000 bytes in all (keyrings(7)).
    private static let largest = 8_192

    private static func description(_ name: String) -> String { "warder:session:" + name }

    /// Whether the keyring took it.
    static func put(_ file: [UInt8], _ name: String) -> Bool {
        guard file.count <= largest else { return false }
        var payload = SecretBytes(capacity: file.count)
        for byte in file { payload.append(byte) }
        do throws(KeyringError) {
            try KernelKeyring.put(payload, description(name), seconds: time)
            return true
        } catch { return false }
    }

    /// What is stored under `name`; nil if nothing is.
    static func get(_ name: String) -> SecretBytes? { try? KernelKeyring.get(description(name), limit: largest) }

    static func remove(_ name: String) { _ = try? KernelKeyring.remove(description(name)) }
}
