import Linux

/// Why a line could not be written, or the log not be read.
package enum LogError: Error, Equatable, Sendable {
    /// Another process held the log's lock for too long.
    case busy
    /// A file of the log could not be opened, or is not the user's own.
    case file(FileError)
    /// A newer version writes the log, and its seal is of a format that this one does not know.
    case newer(path: String)
    /// libcrypto failed, or random bytes are not available.
    case crypto
}

/// The names of a log's files.
package struct LogFolder: Sendable {
    /// `$XDG_STATE_HOME/warder`.
    package let path: String
    /// How many files that were turned over are kept.
    package static let kept = 5

    /// The log in this folder.
    package init(_ path: String) { self.path = path }

    /// The file that is written.
    package var log: String { path + "/log" }
    /// A file that was turned over; 1 is the latest, `kept` the earliest.
    package func earlier(_ number: Int) -> String { log + ".\(number)" }
    /// The seal: its key, and how far it has got.
    package var seal: String { log + ".seal" }
    /// Where the log began, until the store has it.
    package var start: String { log + ".start" }
    /// Lines that could not be sealed because the holder of the lock was stopped.
    var late: String { log + ".late" }

    /// The present files in the order of their lines.
    package var present: [String] {
        ((1...Self.kept).reversed().map(earlier) + [log]).filter(fileExists)
    }
}
