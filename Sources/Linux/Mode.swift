import Glibc

/// Sets the permissions of what is at `path`, after following links, if it is still that file. The corresponding C
/// function is `fchmod`.
///
/// - Returns: false if another one has come into its place.
public func setMode(_ path: String, of identity: FileIdentity, _ mode: UInt32) throws(FileError) -> Bool {
    do throws(SystemError) {
        // O_PATH of open(2), which the C library's module omits: it needs no permission to read, and opens no device.
        let file = try Descriptor(opening: path, 0o10000000)
        guard FileIdentity(try file.status()) == identity else { return false }
        let path = "/proc/self/fd/\(file.number)"
        _ = try system("chmod", path) { chmod(path, mode) }
        return true
    } catch { throw .system(error) }
}
