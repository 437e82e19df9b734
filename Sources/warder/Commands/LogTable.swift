import AuditLog
import Linux
import Text

/// The log's lines as people read them, in columns that later lines keep to.
struct LogTable {
    private static let heads = ["TIME", "EVENT", "PROFILE", "ROLE", "KEY", "BY", "CALLER"]
    private var widths: [Int]
    private let home: String?

    /// - Parameter home: the home folder, shown as `~`.
    init(home: String?) {
        self.home = home
        widths = Self.heads.map(\.count)
    }

    /// The head and the first lines.
    mutating func beginning(_ entries: [LogEntry]) -> Shown {
        let rows = entries.map { cells($0) }
        for row in rows { for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) } }
        return ([Self.heads] + rows).map(line).reduce("", +)
    }

    /// A line that came later.
    func row(_ entry: LogEntry) -> Shown { line(cells(entry)) }

    private func line(_ cells: [String]) -> Shown {
        var text = ""
        for (column, cell) in cells.enumerated() {
            text += cell
            guard column < cells.count - 1 else { break }
            text += String(repeating: " ", count: max(0, widths[column] - cell.count) + 2)
        }
        while text.last == " " { text.removeLast() }
        return "\(text)\n"
    }

    private func cells(_ entry: LogEntry) -> [String] {
        let by = [entry.by, entry.origin].compactMap { $0 }.joined(separator: ", ")
        let role = entry.role.map(lastPart(ofPath:)) ?? ""
        return [
            localTime(entry.time), entry.event, entry.profile ?? "", role, entry.key ?? "", by, caller(entry),
        ].map(printable)
    }

    /// Who it was for, and why it went wrong.
    private func caller(_ entry: LogEntry) -> String {
        var text = entry.program ?? ""
        if let process = entry.process { text += " (\(process))" }
        if let folder = entry.folder { text += " in " + shownPath(folder, home: home) }
        guard let reason = entry.reason else { return text }
        return text.isEmpty ? reason : text + ": " + reason
    }
}
