import Glibc
import Secrets

/// The environment's variables: the process's, or fixed ones for a test.
public struct Environment: Sendable {
    private let lookup: @Sendable (String) -> String?

    /// This process's own.
    public static let process = Environment { name in getenv(name).map { String(cString: $0) } }

    /// Variables that `lookup` knows.
    public init(_ lookup: @escaping @Sendable (String) -> String?) { self.lookup = lookup }

    /// The value of a variable that holds no secret; nil where it is unset.
    public subscript(_ name: String) -> String? { lookup(name) }

    /// The value of a variable; nil also where it is empty, as most of AWS's own count an empty one as unset.
    public func nonEmpty(_ name: String) -> String? {
        guard let value = lookup(name), !value.isEmpty else { return nil }
        return value
    }
}

/// The value of a variable of this process that holds a secret; nil where it is unset or empty.
public func secretFromEnvironment(_ name: String) -> SecretBytes? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return SecretBytes(copying: UnsafeRawBufferPointer(start: value, count: strlen(value)))
}

/// This process's variables, some of them secret, whose names `isWanted` says yes to: `NAME=value` and a NUL byte each, in
/// the order of their bytes.
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

/// Takes a secret variable out of this process's environment, and wipes where it stood.
public func wipeFromEnvironment(_ name: String) {
    guard let value = getenv(name) else { return }
    explicit_bzero(value, strlen(value))
    unsetenv(name)
}
