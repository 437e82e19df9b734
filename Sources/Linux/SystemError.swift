import Glibc

/// A failed system call: which one, on what path, and why.
public struct SystemError: Error, Equatable, Sendable {
    /// The call's name as in section 2 of the manual, such as `open` or `fsync`.
    public let call: String
    /// The path it was called with; empty if none.
    public let path: String
    /// The value of `errno`.
    public let code: Int32

    /// An error of `call` on `path`.
    public init(call: String, path: String, code: Int32) {
        self.call = call
        self.path = path
        self.code = code
    }

    /// The C library's text for the code, such as `No space left on device`.
    public var reason: String { String(cString: strerror(code)) }

    /// The call name of a failed `fsync` of the folder after a rename: the file is written, but a power cut may undo
    /// that.
    public static let lateSynchronization = "fsync after rename"

    /// Whether the file does not exist (`ENOENT`), or part of its path is not a folder (`ENOTDIR`).
    public var isAbsence: Bool { code == ENOENT || code == ENOTDIR }
}

/// Every system call goes through here: retries `body` while signals interrupt it, and turns -1 into an error.
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
