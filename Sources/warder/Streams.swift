import Glibc
import Linux
import Secrets
import Text

/// Writes to standard output what people read.
func printOut(_ shown: Shown) throws(Failure) { try printOut(data: shown.text) }

/// Writes to standard output what programs read, which has escapes of its own: JSON, statements of a shell, bare names.
///
/// A reader that has seen enough and gone, as `head` does, is no failure.
func printOut(data text: String) throws(Failure) {
    var text = text
    let code = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: STDOUT_FILENO) }
    guard code == 0 || code == EPIPE else { throw Failure.unwritable(code) }
}

/// Writes a secret that was asked for to standard output, in one call where the kernel allows. All of it must go out.
func printOut(_ secret: borrowing SecretBytes) throws(Failure) {
    let code = secret.withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
    guard code == 0 else { throw Failure.unwritable(code) }
}

/// Writes a line to standard error.
func printMessage(_ shown: Shown) {
    var line = shown.text + "\n"
    _ = line.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
}

/// Says something that is neither an answer nor a failure, in one line; what is from outside may stand in it as it is.
func note(_ text: String) { printMessage("warder: \(abridged(printable(text)))") }

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
