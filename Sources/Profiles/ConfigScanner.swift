/// One pass over a file: checks every line, and records where the sections are.
///
/// It allocates nothing but the list of sections, so that one profile out of ten thousand costs a process next to
/// nothing.
struct ConfigScanner {
    /// What an indented line would continue.
    private enum Open {
        case nothing
        case section
        case value
        case subproperties
    }

    private let text: FileBytes
    private let file: ProfileFile.Kind
    private let path: String
    private var open = Open.nothing
    /// The indentation of the present setting.
    private var indent = 0
    private var line = 0
    private(set) var sections: [Section] = []

    init(_ text: FileBytes, of file: ProfileFile.Kind, path: String) {
        self.text = text
        self.file = file
        self.path = path
    }

    /// Scans the file from `start`, after a byte order mark if there is one, to its end.
    mutating func scan(from start: Int) throws(ProfileError) {
        var position = start
        while position < text.count {
            let feed = text.lineFeed(from: position)
            let end = text.contentEnd(from: position, lineFeed: feed)
            line &+= 1
            if position < end {
                switch text[position] {
                case UInt8(ascii: "["):
                    closeSection(at: position)
                    try header(position, end, next: min(feed &+ 1, text.count))
                case UInt8(ascii: "#"), UInt8(ascii: ";"): break
                case UInt8(ascii: " "), UInt8(ascii: "\t"):
                    try indented(position, end, next: min(feed &+ 1, text.count))
                default:
                    try property(position, end)
                    indent = 0
                }
            }
            position = feed &+ 1
        }
        closeSection(at: text.count)
    }

    private mutating func closeSection(at offset: Int) {
        guard !sections.isEmpty else { return }
        sections[sections.count &- 1].bodyEnd = UInt32(truncatingIfNeeded: offset)
    }

    /// A comment after a header needs no blank before it.
    private mutating func header(_ start: Int, _ end: Int, next: Int) throws(ProfileError) {
        let close = text.trimBlanks(start, text.commentMark(start &+ 1, end))
        guard close > start &+ 1, text[close &- 1] == UInt8(ascii: "]") else {
            throw .unclosedSection(here)
        }
        sections.append(Section(header: text, start &+ 1, close &- 1, in: file, line: line, bodyStart: next))
        open = .section
    }

    @inline(__always)
    private mutating func property(_ start: Int, _ end: Int) throws(ProfileError) {
        guard open != .nothing else { throw .outsideSection(here) }
        guard let equals = text.equalsSign(start, end) else { throw .propertyWithoutEquals(here) }
        guard equals > start else { throw .propertyWithoutName(here) }
        open = text.isEmptyValue(equals &+ 1, end) ? .subproperties : .value
    }

    /// A line that is indented deeper than the setting above it continues that setting; otherwise it is a line of its
    /// own, as for Python's configparser, which the AWS CLI uses.
    private mutating func indented(_ start: Int, _ end: Int, next: Int) throws(ProfileError) {
        let first = text.skipBlanks(start, end)
        if first == end || isCommentMark(text[first]) { return }
        switch open {
        case .value where first &- start > indent: return
        case .subproperties where first &- start > indent:
            guard let equals = text.equalsSign(first, end) else { throw .subpropertyWithoutEquals(here) }
            guard equals > first else { throw .subpropertyWithoutName(here) }
        case _ where text[first] == UInt8(ascii: "["):
            closeSection(at: start)
            try header(first, end, next: next)
        default:
            if open == .section, text.equalsSign(first, end) ?? first == first {
                throw .continuationOutsideProperty(here)
            }
            try property(first, end)
            indent = first &- start
        }
    }

    private var here: Origin { Origin(path: path, line: line) }
}
