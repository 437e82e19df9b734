import Text

/// Reads the words after a command's name.
///
/// After the first problem it goes on, because what else is given decides how the problem is reported: help that is
/// asked for behind it, the shell that evaluates the output.
struct WordReader {
    private let parameters: [Parameter]
    private let takesOptions: Bool
    private let runsProgram: Bool
    private var operands: [String] = []
    private(set) var given = Given()
    private(set) var problem: UsageError?
    private(set) var wish: ParsedLine.Wish?

    init(_ description: CommandDescription) {
        parameters = description.parameters
        takesOptions = description.takesOptions
        runsProgram = parameters.contains { $0.role == .command }
    }

    mutating func read(_ words: ArraySlice<String>) {
        var rest = words
        while let word = rest.popFirst() {
            if !takesOptions || word.isSame(as: "-") || !word.begins(with: "-") {
                guard runsProgram, !operands.isEmpty else {
                    operands.append(word)
                    continue
                }
                given.set(program: [word] + rest)
                break
            }
            if word.isSame(as: "--") {
                given.terminate(after: operands.count)
                readTerminated(rest)
                break
            }
            readOption(word, &rest)
        }
        assign()
    }

    private mutating func note(_ problem: UsageError) { self.problem = self.problem ?? problem }

    /// What stands behind `--`: operands. Before a program, the first of them may be the operand that is still missing.
    private mutating func readTerminated(_ words: ArraySlice<String>) {
        guard runsProgram else { return operands += words }
        var rest = words
        if operands.isEmpty {
            if let first = rest.popFirst() { operands.append(first) }
        } else if rest.isEmpty {
            note(.missingProgram)
        }
        given.set(program: rest)
    }

    // MARK: - Options

    private mutating func readOption(_ word: String, _ rest: inout ArraySlice<String>) {
        if isHelp(word) { return wish = .help }
        if isVersion(word) { return wish = wish ?? .version }
        let (option, attached) = Self.split(word)
        guard let parameter = parameters.first(where: { Self.spellings(of: $0).holds(option) }) else {
            return note(.unknownOption(option, near: near(option)))
        }
        guard case .option = parameter.role else {
            return set(flag: option, of: parameter, hasValue: attached != nil)
        }
        given.mention(parameter)
        if let attached { return set(parameter, attached) }
        guard let next = rest.first, !isKnown(next) else {
            return note(.missingValue(parameter.spelling))
        }
        rest = rest.dropFirst()
        set(parameter, next)
    }

    private mutating func set(flag option: String, of parameter: Parameter, hasValue: Bool) {
        if hasValue { return note(.unwantedValue(option)) }
        given.set(flag: String(option.dropFirst(2)))
    }

    private static func spellings(of parameter: Parameter) -> [String] {
        switch parameter.role {
        case .flag, .option: ["--" + parameter.name]
        case .pair: ["--" + parameter.name, "--no-" + parameter.name]
        case .operand, .operands, .command: []
        }
    }

    /// Whether the word is an option of the command: then it is not meant as the value of the option before it.
    private func isKnown(_ word: String) -> Bool {
        guard word.begins(with: "-") else { return false }
        let option = Self.split(word).option
        return word.isSame(as: "--") || isHelp(word) || isVersion(word)
            || parameters.contains { Self.spellings(of: $0).holds(option) }
    }

    /// The option, and what is attached to it by `=`.
    private static func split(_ word: String) -> (option: String, attached: String?) {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return (word, nil) }
        return (String(word[..<equals]), String(Substring(word.utf8[word.utf8.index(after: equals)...])))
    }

    /// The option that may be meant.
    private func near(_ option: String) -> String? {
        let shown = parameters.filter { !$0.isHidden }
        return nearest(to: option, among: shown.flatMap(Self.spellings) + ["--help", "--version"])
    }

    // MARK: - Operands and values

    /// Gives each operand its name.
    private mutating func assign() {
        var rest = operands[...]
        for parameter in parameters {
            switch parameter.role {
            case .flag, .pair, .command, .option(isRequired: false): continue
            case .option(isRequired: true):
                if !given.has(parameter) { note(.missingOperand(parameter.spelling)) }
            case .operand(let isRequired):
                if let word = rest.popFirst() {
                    set(parameter, word)
                } else if isRequired {
                    note(.missingOperand(parameter.spelling))
                }
            case .operands:
                for word in rest { set(parameter, word) }
                rest = []
            }
        }
        if !rest.isEmpty { note(.surplusOperands(Array(rest))) }
    }

    private mutating func set(_ parameter: Parameter, _ value: String) {
        switch parameter.value {
        case .words(let words):
            guard words.holds(value) else {
                return note(.unusableValue(value, of: parameter.spelling, words: words))
            }
        case .number(let range):
            guard let number = Int64(value), range.contains(number) else {
                return note(.unusableValue(value, of: parameter.spelling, words: []))
            }
        default:
            // A program's profile, whose dash would be an option of warder's anywhere else.
            if runsProgram, !parameter.isOption, value.begins(with: "-") {
                return note(.unusableOperand(value, of: parameter.spelling))
            }
        }
        given.set(parameter, value)
    }
}
