/// What a `credential_process` runs.
enum Program: Equatable {
    /// warder itself, which is never run; for the profile it names, if it does.
    case warder(profile: String?)
    /// Any other.
    case other

    /// - Parameter isItself: whether a program of another name is warder all the same: asked of commands alone that have
    ///   the shape of warder's, since it looks at files.
    init(_ command: String, isItself: (String) -> Bool = { _ in false }) {
        var rest = words(of: command)[...]
        while let first = rest.first, first == "env" || first == "exec" || Self.isAssignment(first) {
            rest.removeFirst()
        }
        guard let program = rest.popFirst() else {
            self = .other
            return
        }
        let isNamed = program == "warder" || program.hasSuffix("/warder")
        guard let verb = rest.firstIndex(of: "process") else {
            self = isNamed ? .warder(profile: nil) : .other
            return
        }
        guard isNamed || isItself(program) else {
            self = .other
            return
        }
        self = .warder(profile: rest[(verb + 1)...].first { !$0.hasPrefix("-") })
    }

    /// `NAME=VALUE`, as it may stand before a shell's command.
    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
        return equals > word.startIndex && !word[..<equals].utf8.contains(UInt8(ascii: "/"))
    }
}

/// The words of a `credential_process`, split as botocore splits them and a shell would: quotes and backslashes
/// count, and nothing is expanded.
func words(of command: String) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var isOpen = false
    var quote: UInt8 = 0
    var escaped = false
    for byte in command.utf8 {
        if escaped {
            word.append(byte)
            escaped = false
        } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
            (escaped, isOpen) = (true, true)
        } else if quote != 0 {
            if byte == quote { quote = 0 } else { word.append(byte) }
        } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            (quote, isOpen) = (byte, true)
        } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") {
            if isOpen { words.append(String(decoding: word, as: UTF8.self)) }
            word.removeAll(keepingCapacity: true)
            isOpen = false
        } else {
            word.append(byte)
            isOpen = true
        }
    }
    if isOpen { words.append(String(decoding: word, as: UTF8.self)) }
    return words
}

/// Whether a `credential_process` runs warder itself.
public func runsWarder(_ command: String) -> Bool {
    if case .warder = Program(command) { true } else { false }
}
