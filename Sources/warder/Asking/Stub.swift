import Linux
import Secrets
struct Notification {
    func close() {}
    static func show(summary: String, body: String, in e: Environment) -> Notification? { nil }
}
extension Keys { func totpSeed(_ n: String, device: String) throws(Failure) -> SecretBytes? { nil } }
