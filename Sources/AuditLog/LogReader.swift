import Glibc
import Linux

/// Reads a log's lines in their order, and those that are added meanwhile.
package struct LogReader: ~Copyable {
    /// How much is read at once, in bytes.
    private static let piece = 1 << 20

    private let folder: LogFolder
    private var file: Descriptor?
    private var number: UInt64?
    /// The beginning of a line that has not been read to its end.
    private var rest: [UInt8] = []
    /// How many lines so far were passed over, since warder writes none such.
    package private(set) var unreadable = 0

    /// A reader that has read nothing yet.
    package init(_ log: AuditLog) { folder = log.folder }

    /// Lends the lines of the files that were turned over, then those of the present file so far.
    package mutating func readAll(_ body: (LogEntry) -> Void) throws(LogError) {
        for path in folder.present where path != folder.log { try readWhole(path, body) }
        try readMore(body)
    }

    /// Lends the lines that have been added; goes over to the next file when the present one was turned over.
    package mutating func readMore(_ body: (LogEntry) -> Void) throws(LogError) {
        while true {
            try readOn(body)
            guard let present = inode(of: folder.log), present != number else { return }
            // Written before it was renamed.
            try readOn(body)
            if let number, let own = (1...LogFolder.kept).first(where: { inode(of: folder.earlier($0)) == number }) {
                for later in stride(from: own - 1, through: 1, by: -1) { try readWhole(folder.earlier(later), body) }
            }
            (rest, number) = ([], present)
            file = try open(folder.log)
        }
    }

    private mutating func readWhole(_ path: String, _ body: (LogEntry) -> Void) throws(LogError) {
        file = try open(path)
        try readOn(body)
        rest = []
    }

    private func open(_ path: String) throws(LogError) -> Descriptor {
        do throws(FileError) { return try openPrivateFile(path, O_RDONLY) } catch { throw .file(error) }
    }

    private mutating func readOn(_ body: (LogEntry) -> Void) throws(LogError) {
        while true {
            let bytes: [UInt8]
            do throws(FileError) { bytes = try file?.read(upTo: Self.piece) ?? [] } catch { throw .file(error) }
            if bytes.isEmpty { return }
            var lines = (rest + bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            rest = Array(lines.removeLast())
            for line in lines {
                if let entry = LogEntry(line) { body(entry) } else { unreadable += 1 }
            }
        }
    }
}
