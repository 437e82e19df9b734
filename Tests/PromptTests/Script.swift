import Foundation
import Servers

/// Writes a script that can be run at once.
///
/// A shell writes it. If this process did, a child that another test starts at that moment would hold the file open for
/// writing until it runs its own program, and until then the kernel refuses to run the script (`ETXTBSY`).
func writeScript(_ text: String, to path: String) throws {
    try Server.run(["/bin/sh", "-c", "printf %s \"$1\" >\"$2\"", "sh", text, path])
    chmod(path, 0o755)
}
