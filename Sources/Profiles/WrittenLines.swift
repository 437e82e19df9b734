/// Which lines of a file an entry takes, for a command that changes them.
extension FileBytes {
    /// The lines of a setting: its own and those that continue it, without blank lines and comments at the end.
    func lines(of property: Property) -> ClosedRange<Int> {
        let first = Int(property.line)
        var last = first
        var position = lineFeed(from: Int(property.valueStart)) &+ 1
        var line = first
        while position < Int(property.end) {
            let end = contentEnd(from: position, lineFeed: lineFeed(from: position))
            line += 1
            let start = skipBlanks(position, end)
            if start < end, !isCommentMark(self[start]) { last = line }
            position = nextLine(position)
        }
        return first...last
    }

    /// The lines of a section, from its header on.
    func lines(of section: Section) -> ClosedRange<Int> {
        var line = Int(section.line)
        var position = Int(section.bodyStart)
        while position < Int(section.bodyEnd) {
            line += 1
            position = nextLine(position)
        }
        return Int(section.line)...line
    }
}

extension ProfileFile {
    /// Whether it begins with a byte order mark. Python, and with it the AWS CLI, takes one for part of the first line.
    package var hasByteOrderMark: Bool {
        withText { $0.count >= 3 && $0[0] == 0xEF && $0[1] == 0xBB && $0[2] == 0xBF } ?? false
    }
}

extension ProfileSet {
    /// The header that begins at this line, without its brackets; nil if there is none.
    package func header(at origin: Origin) -> String? {
        for case .some(let file) in [config, credentials] where file.path == origin.path {
            let found = file.sections.first { Int($0.line) == origin.line }
            return found.flatMap { section in file.withText { $0.header(of: section) } ?? nil }
        }
        return nil
    }
}
