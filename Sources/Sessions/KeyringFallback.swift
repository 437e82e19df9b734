import Linux
import Secrets

/// What the disk did not take, encrypted as it would lie there: for a minute it is in the kernel's user keyring, for the
/// processes that waited for it. Each of them would else make its own, with a one-time code that is used up.
enum KeyringFallback {
    /// How long, in seconds: the keyring is small, and whoever waits is there already.
    private static let time: UInt32 = 60
    /// The kernel gives a user 20,000 bytes in all (keyrings(7)).
    private static let largest = 8_192

    private static func description(_ name: String) -> String { "warder:session:" + name }

    /// Whether it could be put there.
    static func put(_ file: [UInt8], _ name: String) -> Bool {
        guard file.count <= largest else { return false }
        var payload = SecretBytes(capacity: file.count)
        for byte in file { payload.append(byte) }
        do throws(KeyringError) {
            try KernelKeyring.put(payload, description(name), seconds: time)
            return true
        } catch { return false }
    }

    /// What lies there under `name`; nil for nothing.
    static func get(_ name: String) -> SecretBytes? { try? KernelKeyring.get(description(name), limit: largest) }

    static func remove(_ name: String) { _ = try? KernelKeyring.remove(description(name)) }
}
