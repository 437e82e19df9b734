/// What came of verifying a log.
package enum LogVerdict: Equatable, Sendable {
    /// Every line since then is as it was written.
    ///
    /// - Parameters:
    ///   - lines: how many lines were checked.
    ///   - since: the time of the first of them, as it is written there.
    ///   - uncovered: the files of an earlier log, which this seal does not cover.
    case good(lines: Int, since: String, uncovered: [String])
    /// The first line that is not: the line of a file, counted from 1; 0 where it is the file as a whole.
    case bad(LogDamage, file: String, line: Int)
}

/// The classes of damage; the raw value is the name in test vectors and in JSON.
package enum LogDamage: String, Sendable {
    /// There is no seal, or it is unreadable.
    case noSeal = "no-seal"
    /// The log was begun anew, or another log's files lie in its place.
    case foreign
    /// A line is not what was written, or was never written by warder.
    case changed
    /// Lines before this one are missing.
    case missing
    /// The line belongs to another place.
    case outOfPlace = "out-of-place"
    /// The last lines are missing.
    case cut
    /// The log and its seal are older than the store has seen them.
    case older
}
