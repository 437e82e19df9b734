import Text

/// How old a stored key is, and whether it is due for rotation.
///
/// Counted from when the key was stored or last rotated, which the store knows without asking AWS.
package struct KeyAge: Equatable, Sendable {
    /// Seconds; 0 for a key from the future, as this machine's clock has it.
    package let seconds: Int64
    /// Whether the key has reached the age at which it is to be rotated.
    package let isDue: Bool

    /// - Parameters:
    ///   - createdAt: when the key was stored, in seconds since 1970.
    ///   - now: in seconds since 1970.
    ///   - limit: the age at which a key is due, in seconds, as `Settings.rotateAfter`; nil for never.
    package init(createdAt: Int64, now: Int64, limit: Int?) {
        let (difference, isOverflow) = now.subtractingReportingOverflow(createdAt)
        let age = isOverflow ? 0 : max(0, difference)
        seconds = age
        isDue = limit.map { age >= Int64($0) } ?? false
    }

    /// Whole days.
    package var days: Int64 { seconds / 86_400 }

    /// For people: whole days, or what is less than a day.
    package var text: String { days > 0 ? "\(days)d" : spoken(seconds: seconds) }
}

/// The keys whose rotation has something to finish, in one line with the command that does; nil where none has.
///
/// - Parameters:
///   - keys: the names of all keys, each with the time from which on there is something, in seconds since 1970.
///   - now: likewise.
package func lineOfUnfinished(_ keys: [(name: String, from: Int64?)], now: Int64) -> String? {
    let names = keys.filter { key in key.from.map { $0 <= now } ?? false }.map(\.name)
    guard !names.isEmpty else { return nil }
    let what = names.count == 1 ? "the rotation of \(names[0]) is" : "\(names.count) rotations are"
    return "\(what) unfinished: \(names.count > 3 ? "warder rotate" : commandRotating(names))"
}

/// A command line. A key whose name looks like an option is named behind `--`.
private func commandRotating(_ names: [String]) -> String {
    let marker = names.contains { $0.utf8.first == UInt8(ascii: "-") } ? ["--"] : []
    return (["warder rotate"] + marker + names.map { shellWord($0) }).joined(separator: " ")
}

/// The keys that are due, in one line with the command that rotates them; nil where none is.
///
/// - Parameters:
///   - keys: the names of all keys, each with its age.
///   - limit: the age at which a key is due, in seconds.
package func lineOfKeysDue(_ keys: [(name: String, age: KeyAge)], limit: Int?) -> String? {
    let due = keys.filter(\.age.isDue)
    guard let first = due.first, let limit else { return nil }
    let command = commandRotating(due.map(\.name))
    switch due.count {
    case 1: return "the key \(first.name) is \(first.age.text) old: \(command)"
    case 2...3:
        let names = due.dropLast().map(\.name).joined(separator: ", ") + " and \(due[due.count - 1].name)"
        return "the keys \(names) are over \(spoken(seconds: Int64(limit))) old: \(command)"
    default: return "\(due.count) keys are over \(spoken(seconds: Int64(limit))) old: warder rotate"
    }
}
