import Linux

/// Why remote prompts do not work.
public enum RemotePromptError: Error, Equatable, Sendable {
    /// This user has no runtime folder: `XDG_RUNTIME_DIR` is unset, and the customary one does not exist.
    case noRuntimeFolder
    /// The folder of the waiting processes cannot be used.
    case folder(FileError)
    /// Changes in the folder cannot be watched.
    case watching(SystemError)
}
