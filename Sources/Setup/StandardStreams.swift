import Failures
import Glibc
import Secrets
import Text

/// This process's standard output and standard error.
package final class StandardStreams: Console {
    /// Writes nothing.
    package init() {}

    package var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    package func say(_ line: Shown) {
        var line = line.text + "\n"
        _ = line.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
    }

    package func give(_ secret: borrowing SecretBytes) throws(Failure) {
        let code = secret.withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
        guard code == 0 else { throw Failure.unwritable(code) }
    }

    /// Writes output for programs, which has its own escaping: JSON, shell statements, bare names.
    ///
    /// A reader that closes the pipe early, as `head` does, is not an error.
    package func give(data text: String) throws(Failure) {
        var text = text
        let code = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: STDOUT_FILENO) }
        guard code == 0 || code == EPIPE else { throw Failure.unwritable(code) }
    }
}

/// 0, or the `errno` of a write that failed.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes
    while rest.count > 0 {
        let written = write(descriptor, rest.baseAddress, rest.count)
        if written < 0 {
            if errno == EINTR { continue }
            return errno
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return 0
}
