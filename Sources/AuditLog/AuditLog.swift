import Crypto
import Linux
import Secrets

/// Who used what, and when: one JSON object a line in `$XDG_STATE_HOME/warder/log`, sealed forward.
///
/// The format is specified in `docs/log-format.md`. Writing never fails a command and prints nothing: an answer is
/// worth more than its line.
package final class AuditLog: Sendable {
    package let folder: LogFolder
    private let random: RandomSource
    private let fileLimit: UInt64

    /// The log in `folder`; nothing is read or written yet.
    ///
    /// - Parameter fileLimit: a file is turned over before it grows beyond this, in bytes.
    package init(_ folder: LogFolder, random: RandomSource, fileLimit: UInt64 = 8 << 20) {
        self.folder = folder
        self.random = random
        self.fileLimit = fileLimit
    }

    /// What this home is called among the logs that a store knows.
    package var home: String { hostName() + ":" + folder.path }

    /// Appends a line, if that is possible.
    ///
    /// - Parameter time: seconds since 1970.
    package func record(_ event: Event, at time: Int64) {
        let content = LineText(event, at: time).bytes
        do throws(LogError) {
            var log = try open(at: time)
            if LateLines.mayBeThere(folder) { try LateLines.takeIn(to: &log) }
            try log.append(content)
        } catch {
            switch error {
            case .busy, .newer: LateLines.keep(content, folder)
            case .file, .crypto: break
            }
        }
    }

    /// Begins the log if there is none, and tells how it stands.
    ///
    /// - Returns: nil if it cannot be written.
    package func standing(at time: Int64) -> (identifier: [UInt8], lines: UInt64)? {
        do throws(LogError) {
            var log = try open(at: time)
            try log.begin()
            return (log.seal.identifier, log.seal.lines)
        } catch { return nil }
    }

    /// Where the log began, if that still waits to be put into the store.
    package func waitingStart() -> LogStart? {
        guard let text = try? readPrivateFile(folder.start, limit: 8192) else { return nil }
        return LogStart(decoding: text)
    }

    /// Whether it may still wait.
    package var mayHaveWaitingStart: Bool { fileExists(folder.start) }

    /// The store has it: from here on, this machine keeps it nowhere else.
    package func forgetStart() { try? removeFileDurably(folder.start) }

    /// Begins the log anew: the files so far are moved aside, and are not covered by the new seal.
    package func beginAnew(at time: Int64) throws(LogError) {
        try OpenLog.dropSeal(folder)
        var log = try open(at: time)
        try log.begin()
    }

    func open(at time: Int64) throws(LogError) -> OpenLog {
        try OpenLog.open(folder, home: { home }, at: time, random: random, fileLimit: fileLimit)
    }
}
