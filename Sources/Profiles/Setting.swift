/// A line of a file.
public struct Origin: Sendable, Equatable {
    /// The file's path, as it was opened.
    public let path: String
    /// The line, counted from 1.
    public let line: Int

    /// The line `line`, counted from 1, of the file at `path`.
    public init(path: String, line: Int) {
        self.path = path
        self.line = line
    }
}

/// A value that is not secret, and where it was written.
public struct Setting: Sendable, Equatable {
    /// Trimmed, without a comment; continuation lines are joined with line feeds.
    public let value: String
    /// The line with the setting's name.
    public let origin: Origin

    /// A value and the line it was written on.
    public init(value: String, origin: Origin) {
        self.value = value
        self.origin = origin
    }
}
