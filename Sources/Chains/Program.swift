import Text

/// What a `credential_process` runs.
enum Program: Equatable {
    /// warder itself, which is never run; for the profile it names, if it does.
    case warder(profile: String?)
    /// Any other.
    case other

    /// - Parameter isItself: whether a program of another name is warder all the same: asked of commands alone that have
    ///   the shape of warder's, since it looks at files.
    init(_ command: String, isItself: (String) -> Bool = { _ in false }) {
        let invocation = Invocation(CommandWords(command).words)
        let isNamed = Self.isNamedWarder(invocation.program)
        guard isNamed || invocation.asksForProfile && isItself(invocation.program) else {
            self = .other
            return
        }
        self = .warder(profile: invocation.profile)
    }

    /// Whether a program goes by warder's name.
    static func isNamedWarder(_ program: String) -> Bool {
        program.isSame(as: "warder") || program.ends(with: "/warder")
    }
}

/// The program that a command comes to, and what it is given.
struct Invocation {
    /// Empty where the command has no words.
    let program: String
    let arguments: ArraySlice<String>
    /// An assignment or `exec` stands before it, which only a shell can make sense of.
    let needsShell: Bool

    init(_ words: [String]) {
        var rest = words[...]
        var needsShell = false
        var isEnvironment = false
        while let first = rest.first, first == "env" || first == "exec" || Self.isAssignment(first) {
            if first == "env" { isEnvironment = true } else if !isEnvironment { needsShell = true }
            rest.removeFirst()
        }
        program = rest.popFirst() ?? ""
        arguments = rest
        self.needsShell = needsShell
    }

    /// Whether it has the shape of warder's own.
    var asksForProfile: Bool { arguments.contains("process") }

    /// The profile that warder is asked for; nil where it is asked for something else, or for none.
    var profile: String? {
        guard let verb = arguments.firstIndex(of: "process") else { return nil }
        return arguments[(verb + 1)...].first { !$0.begins(with: "-") }
    }

    /// `NAME=VALUE`, as it may stand before a shell's command.
    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
        return equals > word.startIndex && !word[..<equals].utf8.contains(UInt8(ascii: "/"))
    }
}

/// The words of a `credential_process`, split as botocore splits them and a shell would: quotes and backslashes
/// count, and nothing is expanded.
struct CommandWords {
    private(set) var words: [String] = []
    /// A quote or a backslash is left open: botocore and shells refuse the command.
    private(set) var isUnfinished = false
    /// It holds what a shell acts on and botocore, which has none, takes as it stands: `~`, `$`, `|`, `;` and the like.
    private(set) var needsShell = false

    init(_ command: String) {
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
                if byte == quote {
                    quote = 0
                } else {
                    if quote == UInt8(ascii: "\""), Self.isExpansion(byte) { needsShell = true }
                    word.append(byte)
                }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                (quote, isOpen) = (byte, true)
            } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") {
                if byte == UInt8(ascii: "\n") { needsShell = true }
                if isOpen { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeAll(keepingCapacity: true)
                isOpen = false
            } else {
                if Self.isOperator(byte) || !isOpen && Self.isSpecialFirst(byte) { needsShell = true }
                word.append(byte)
                isOpen = true
            }
        }
        if isOpen { words.append(String(decoding: word, as: UTF8.self)) }
        isUnfinished = escaped || quote != 0
    }

    /// Acted on within double quotes too.
    private static func isExpansion(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`") }

    private static func isOperator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: isExpansion(byte)
        }
    }

    private static func isSpecialFirst(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "~") || byte == UInt8(ascii: "#")
    }
}

/// Whether a `credential_process` runs warder itself.
public func runsWarder(_ command: String) -> Bool {
    if case .warder = Program(command) { true } else { false }
}
