import Glibc

/// What the kernel says of this machine. The corresponding C function is `uname`.
public struct Machine: Sendable {
    /// The host's name.
    public let name: String
    /// The kernel's release.
    public let release: String
    /// The hardware, such as `x86_64`.
    public let architecture: String

    /// This machine.
    public static var this: Machine {
        var information = utsname()
        _ = uname(&information)
        return Machine(
            name: text(&information.nodename), release: text(&information.release),
            architecture: text(&information.machine))
    }

    /// A field of C characters that a NUL ends.
    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
