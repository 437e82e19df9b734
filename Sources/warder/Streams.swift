import Glibc
import Linux
import Secrets

/// Writes to standard output. A reader that has gone is no failure of ours.
func printOut(_ text: String) {
    var text = text
    _ = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: STDOUT_FILENO) }
}

/// Writes a secret that was asked for to standard output, in one call where the kernel allows; whether all went out.
@discardableResult
func printOut(_ secret: borrowing SecretBytes) -> Bool {
    secret.withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
}

/// Writes a line to standard error.
func printMessage(_ line: String) {
    var line = line + "\n"
    _ = line.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
}

/// Says something that is neither an answer nor a failure.
func note(_ text: String) { printMessage("warder: " + text) }

@discardableResult
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes
    while rest.count > 0 {
        let written = write(descriptor, rest.baseAddress, rest.count)
        if written < 0 {
            if errno == EINTR { continue }
            return false
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return true
}

/// Text from outside, fit for one line of a message: control characters are shown as escapes.
func printable(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            out += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out
}
