import Linux

/// Why nothing can be handed over.
public enum RemotePromptError: Error, Equatable, Sendable {
    /// There is no runtime folder of this user: `XDG_RUNTIME_DIR` is unset, and so is what is there by custom.
    case noRuntimeFolder
    /// The folder of those who wait cannot be used.
    case folder(FileError)
    /// The changes of the folder cannot be watched.
    case watching(SystemError)
}
