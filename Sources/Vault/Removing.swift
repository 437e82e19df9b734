import Glibc
import Linux
import Secrets
import Text

extension VaultFile {
    /// Opens the vault under its lock and passes it to `body`; if that returns true, removes the vault for good, with
    /// the copies that warder keeps beside it.
    ///
    /// The copies go first, and their removal is on disk before the vault is removed: a crash or an error at any moment
    /// leaves a vault that opens as before, or nothing at all, never just a copy that would bring removed keys back.
    /// `body` may then run again on the same vault.
    ///
    /// The last generation seen stays recorded, so that an older backup is still distinguished from a current one.
    ///
    /// - Parameter body: does the work that makes the vault redundant, such as storing its keys elsewhere, and returns
    ///   whether all of it succeeded. False leaves every file in place.
    /// - Returns: what `body` returned.
    public func retire(
        until deadline: Deadline, _ opener: VaultOpener, _ body: (borrowing Vault) -> Bool
    ) throws(VaultFileError) -> Bool {
        let lock = try lock(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        let vault = try open(try bytes(), opener, acceptingOlder: false)
        guard body(vault) else { return false }
        // A killed process's temporary file holds as much as the file it would have replaced.
        try removeDurably([
            Self.renewal, Self.replaced + ".new", Self.replaced, Self.previous + ".new", Self.previous, ".new",
        ])
        try removeDurably([""])
        return true
    }

    /// Removes `<path>.bak` for good, if there is one: after the keys are renewed, it still opens by the earlier slots.
    ///
    /// Needs no lock: after the keys are renewed no process writes a vault from before that, and a process that changes
    /// the vault at this moment loses a copy, not the vault.
    ///
    /// - Returns: the path of another copy that the earlier slots may open, the vault that a restored backup replaced;
    ///   nil if there is none. It stays, since it may hold keys that the vault never had.
    @discardableResult
    public func dropPrevious() throws(VaultFileError) -> String? {
        try removeDurably([Self.previous])
        return access(path + Self.replaced, F_OK) == 0 ? path + Self.replaced : nil
    }

    /// Removes the files with these suffixes, and waits until that is on disk.
    private func removeDurably(_ endings: [String]) throws(VaultFileError) {
        do throws(SystemError) {
            for ending in endings { try removeFile(path + ending) }
            let folder = folder(ofPath: path) ?? "."
            try Descriptor(opening: folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY).synchronize()
        } catch { throw .file(.system(error)) }
    }
}
