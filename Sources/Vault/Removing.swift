import Glibc
import Linux
import Secrets
import Text

extension VaultFile {
    /// Opens the vault under its lock, gives it to `body`, and where that says true removes the vault for good, with the
    /// copies that warder keeps beside it.
    ///
    /// The copies go first, and are gone from the disk before the vault goes: a crash, or an error, at any moment leaves
    /// a vault that opens as before, or nothing at all, never a copy alone that brings removed keys back. Then `body`
    /// may be run again on the same vault.
    ///
    /// The last generation that was seen stays noted, so that an older backup is still told from a current one.
    ///
    /// - Parameter body: does what the vault is given up for, as storing its keys elsewhere, and says whether all of it
    ///   is done. False leaves every file as it is.
    /// - Returns: what `body` said.
    public func retire(
        until deadline: Deadline, _ opener: VaultOpener, _ body: (borrowing Vault) -> Bool
    ) throws(VaultFileError) -> Bool {
        let lock = try lock(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        let vault = try open(try bytes(), opener, acceptingOlder: false)
        guard body(vault) else { return false }
        // What a killed process was about to write holds as much as what it would have replaced.
        try removeDurably([
            Self.renewal, Self.replaced + ".new", Self.replaced, Self.previous + ".new", Self.previous, ".new",
        ])
        try removeDurably([""])
        return true
    }

    /// Removes `<path>.bak` for good, where it is there: after the keys are renewed it still opens by the slots that
    /// were there before.
    ///
    /// Needs no lock: nobody writes a vault of before the keys were renewed once they are, and whoever changes the
    /// vault at this moment loses a copy, not the vault.
    ///
    /// - Returns: the path of another copy that may open by those slots, the one that a restored backup took the place
    ///   of; nil where there is none. It stays, since it may hold keys that the vault never had.
    @discardableResult
    public func dropPrevious() throws(VaultFileError) -> String? {
        try removeDurably([Self.previous])
        return access(path + Self.replaced, F_OK) == 0 ? path + Self.replaced : nil
    }

    /// Removes the files with these endings, and waits until the disk knows.
    private func removeDurably(_ endings: [String]) throws(VaultFileError) {
        do throws(SystemError) {
            for ending in endings { try removeFile(path + ending) }
            let folder = folder(ofPath: path) ?? "."
            try Descriptor(opening: folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY).synchronize()
        } catch { throw .file(.system(error)) }
    }
}
