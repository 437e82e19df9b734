import Glibc

/// A system call that failed: which one, on what, and why.
public struct SystemError: Error, Equatable, Sendable {
    /// The call's name as in section 2 of the manual: `open`, `fsync`.
    public let call: String
    /// The path it was about; empty where there is none.
    public let path: String
    /// The value of `errno`.
    public let code: Int32

    /// Puts the parts together.
    public init(call: String, path: String, code: Int32) {
        self.call = call
        self.path = path
        self.code = code
    }

    /// The C library's sentence for the code, as `No space left on device`.
    public var reason: String { String(cString: strerror(code)) }

    /// The name under which a failed `fsync` of a folder is told: the file is written, but a power cut may undo that.
    public static let lateSynchronization = "fsync after rename"

    /// The file is not there (`ENOENT`), or a folder on the way to it is none (`ENOTDIR`).
    public var isAbsence: Bool { code == ENOENT || code == ENOTDIR }
}

/// The funnel of system calls: runs `body` until it is not interrupted by a signal, and turns -1 into an error.
func system<Value: SignedInteger>(
    _ call: String, _ path: String = "", _ body: () -> Value
) throws(SystemError) -> Value {
    while true {
        let value = body()
        if value != -1 { return value }
        let code = errno
        if code != EINTR { throw SystemError(call: call, path: path, code: code) }
    }
}
