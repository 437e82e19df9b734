import Glibc
import Secrets

/// Reads a secret that a service manager, a container engine or an administrator provided for this user: a systemd
/// credential (`LoadCredential=`, systemd.exec(5)) or a keyfile.
///
/// It must be a plain file that this user or root owns; links are followed, since Kubernetes mounts secrets as links.
/// No other user may be able to write it. This user's own file must be closed to others; who may read root's is up to the
/// manager.
public func readCredentialFile(_ path: String, limit: Int) throws(FileError) -> SecretBytes {
    let file = try openCredentialFile(path)
    do throws(SystemError) {
        if let text = try file.readToEnd(limit: limit, expecting: Int(file.status().st_size)) { return text }
    } catch { throw .system(error) }
    throw .tooLarge(path: path, limit: limit)
}

/// Whether `readCredentialFile` would accept the file, without reading its content.
public func isCredentialFile(_ path: String) -> Bool { (try? checkCredentialFile(path)) != nil }

/// Fails as `readCredentialFile` would, without reading the file's content.
public func checkCredentialFile(_ path: String) throws(FileError) { _ = try openCredentialFile(path) }

private func openCredentialFile(_ path: String) throws(FileError) -> Descriptor {
    let file = try openNonblocking(path)
    let status: stat
    do throws(SystemError) { status = try file.status() } catch { throw .system(error) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard status.st_uid == geteuid() || status.st_uid == 0 else { throw .foreign(path: path, owner: status.st_uid) }
    let forbidden: mode_t = status.st_uid == 0 ? 0o022 : 0o077
    guard status.st_mode & forbidden == 0 else { throw .exposed(path: path, mode: status.st_mode & 0o777) }
    return file
}

private func openNonblocking(_ path: String) throws(FileError) -> Descriptor {
    do throws(SystemError) { return try Descriptor(opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY) } catch {
        throw .system(error)
    }
}
