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

/// Takes a secret variable out of this process's environment, and wipes where it stood.
public func wipeFromEnvironment(_ name: String) {
    guard let value = getenv(name) else { return }
    explicit_bzero(value, strlen(value))
    unsetenv(name)
}
