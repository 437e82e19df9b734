import Profiles
import Secrets

extension SecretBytes {
    init(bytes: [UInt8]) {
        self.init(capacity: bytes.count)
        bytes.withUnsafeBytes { append($0) }
    }

    fileprivate var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

func config(_ text: String) throws(ProfileError) -> ProfileFile {
    try ProfileFile(text: SecretBytes(bytes: Array(text.utf8)), path: "config", kind: .config)
}

func credentials(_ text: String) throws(ProfileError) -> ProfileFile {
    try ProfileFile(text: SecretBytes(bytes: Array(text.utf8)), path: "credentials", kind: .credentials)
}

func profiles(_ text: String) throws -> ProfileSet { ProfileSet(config: try config(text), credentials: nil) }

extension Profile {
    func secretText(_ key: String) -> String? {
        guard let secret = secret(key) else { return nil }
        return secret.text
    }

    /// All it holds, as an SDK sees it.
    func materialized() throws -> [String: String] {
        var settings: [String: String] = [:]
        for key in keys { settings[key] = try written(key)?.value }
        return settings
    }
}
