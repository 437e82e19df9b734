import Glibc

/// Sets the permissions of what is at `path`, after following links. The corresponding C function is `chmod`.
public func setMode(_ path: String, _ mode: UInt32) throws(FileError) {
    do throws(SystemError) { _ = try system("chmod", path) { chmod(path, mode) } } catch { throw .system(error) }
}
