import Text

/// The program that a `credential_process` runs.
enum Program: Equatable {
    /// warder itself, which warder never runs; with the profile that the command names, if it does.
    case warder(profile: String?)
    /// Any other program.
    case other

    /// - Parameter isItself: whether a program with another name is warder all the same; called only for commands that
    ///   look like warder's, since it reads files.
    init(_ command: String, isItself: (String) -> Bool = { _ in false }) {
        let invocation = Invocation(CommandWords(command).words)
        let isNamed = Self.isNamedWarder(invocation.program)
        guard isNamed || invocation.asksForProfile && isItself(invocation.program) else {
            self = .other
            return
        }
        self = .warder(profile: invocation.profile)
    }

    /// Whether a program has warder's name.
    static func isNamedWarder(_ program: String) -> Bool {
        program.isSame(as: "warder") || program.ends(with: "/warder")
    }
}

/// A command's program and its arguments.
struct Invocation {
    /// Empty if the command has no words.
    let program: String
    let arguments: ArraySlice<String>
    /// Whether an assignment or `exec` precedes the program, which only a shell understands.
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

    /// Whether the arguments look like those of warder's own command.
    var asksForProfile: Bool { arguments.contains("process") }

    /// The profile that warder is to answer for; nil if the command does something else, or names no profile.
    var profile: String? {
        guard let verb = arguments.firstIndex(of: "process") else { return nil }
        return arguments[(verb + 1)...].first { !$0.begins(with: "-") }
    }

    /// `NAME=VALUE`, as it may precede a shell's command.
    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
        return equals > word.startIndex && !word[..<equals].utf8.contains(UInt8(ascii: "/"))
    }
}

/// The words of a `credential_process`, split as both botocore and a shell would: quotes and backslashes are honoured,
/// and nothing is expanded.
package struct CommandWords {
    /// The words.
    package private(set) var words: [String] = []
    /// A quote or a backslash is left open: botocore and shells refuse the command.
    package private(set) var isUnfinished = false
    /// It contains characters that a shell acts on, and that botocore takes literally: `~`, `$`, `|`, `;` and the like.
    package private(set) var needsShell = false

    /// Splits a command.
    package init(_ command: String) {
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

    /// Also acted on inside double quotes.
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
