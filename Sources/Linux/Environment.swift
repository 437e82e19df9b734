import Glibc
import Secrets

/// Environment variables: this process's, or fixed ones for a test.
public struct Environment: Sendable {
    private let lookup: @Sendable (String) -> String?
    private let lookupSecret: @Sendable (String) -> SecretBytes?

    /// This process's environment. If `HOME` is unset or empty, as for a system service, it is the user's home from the
    /// password database.
    public static let process = Environment(
        lookup: { name in
            if let value = getenv(name), value.pointee != 0 || name != "HOME" { return String(cString: value) }
            return name == "HOME" ? homeInDatabase() : nil
        },
        lookupSecret: { name in
            guard let value = getenv(name), value.pointee != 0 else { return nil }
            return SecretBytes(copying: UnsafeRawBufferPointer(start: value, count: strlen(value)))
        })

    private init(
        lookup: @escaping @Sendable (String) -> String?, lookupSecret: @escaping @Sendable (String) -> SecretBytes?
    ) {
        self.lookup = lookup
        self.lookupSecret = lookupSecret
    }

    /// The variables that `lookup` returns; for tests, whose secrets are not real.
    public init(_ lookup: @escaping @Sendable (String) -> String?) {
        self.init(lookup: lookup) { name in
            guard let value = lookup(name), !value.isEmpty else { return nil }
            var secret = SecretBytes(capacity: value.utf8.count)
            secret.append(value)
            return secret
        }
    }

    /// The value of a variable that is not secret; nil if unset.
    public subscript(_ name: String) -> String? { lookup(name) }

    /// The value of a variable; nil if unset or empty, since most of AWS's tools treat an empty one as unset.
    public func nonEmpty(_ name: String) -> String? {
        guard let value = lookup(name), !value.isEmpty else { return nil }
        return value
    }

    /// The value of a variable that holds a secret; nil if unset or empty.
    public func secret(_ name: String) -> SecretBytes? { lookupSecret(name) }
}

/// The home of this process's real user; nil if the password database (`getpwuid_r`) has none.
private func homeInDatabase() -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    return buffer.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, getpwuid_r(getuid(), &entry, base, buffer.count, &found) == 0,
            found != nil, let home = entry.pw_dir, home.pointee != 0
        else { return nil }
        return String(cString: home)
    }
}

/// This process's variables whose names `isWanted` accepts, secret ones included: each as `NAME=value` and a NUL byte,
/// sorted by bytes.
public func variables(where isWanted: (UnsafeRawBufferPointer) -> Bool) -> SecretBytes {
    var found: [UnsafeMutablePointer<CChar>] = []
    var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let variable = next.pointee {
        let name = UnsafeRawBufferPointer(start: variable, count: strcspn(variable, "="))
        if isWanted(name) { found.append(variable) }
        next += 1
    }
    var text = SecretBytes(capacity: 4096)
    for variable in found.sorted(by: { strcmp($0, $1) < 0 }) {
        text.append(UnsafeRawBufferPointer(start: variable, count: strlen(variable) + 1))
    }
    return text
}
