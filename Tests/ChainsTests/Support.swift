import Chains
import Profiles
import Secrets

/// The files that chains are resolved from; `config` is line 1 on.
func profiles(_ config: String, credentials: String? = nil) throws -> ProfileSet {
    func file(_ text: String, _ kind: ProfileFile.Kind) throws -> ProfileFile {
        var bytes = SecretBytes(capacity: text.utf8.count)
        bytes.append(text)
        return try ProfileFile(text: bytes, path: kind == .config ? "config" : "credentials", kind: kind)
    }
    return ProfileSet(
        config: try file(config, .config), credentials: try credentials.map { try file($0, .credentials) })
}

/// Resolves `name`, where the store has `keys`.
func resolve(_ name: String, _ config: String, keys: Set<String> = []) throws -> Chain {
    try Chain.resolve(name, in: try profiles(config)) { keys.contains($0) }
}

func line(_ number: Int) -> Origin { Origin(path: "config", line: number) }

extension Chain {
    /// What it does, in one line, for tests to read.
    var summary: String {
        var steps = [source.summary]
        if let session {
            let device = session.mfa.map { "+" + $0.serial.value.suffix(3) } ?? ""
            steps.append("session \(session.durationSeconds)\(device)")
        }
        for role in roles {
            let device = role.mfa.map { "+" + $0.serial.value.suffix(3) } ?? ""
            steps.append((role.roleARN.value.split(separator: "/").last ?? "") + device)
        }
        return steps.joined(separator: " > ")
    }
}

extension Source {
    fileprivate var summary: String {
        switch self {
        case .storedKey(let name, _): "key \(name)"
        case .plaintextKey(let key): "plain \(key.accessKeyID.value)"
        case .named(let source, _): source.rawValue
        case .webIdentity(let identity): "web \(identity.tokenFile.value)"
        case .sso(let sso): "sso \(sso.startURL.value)"
        case .login(let login): "login \(login.session.value)"
        case .process(let command): "process \(command.value)"
        }
    }
}
