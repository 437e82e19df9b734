import Text

/// The options and operands of one command line.
package struct Given: Sendable {
    private var flags: [String] = []
    private var values: [NamedValue] = []
    private var program: [String] = []
    private var mentioned: [String] = []
    /// The number of operands before `--`; nil without one.
    package private(set) var operandsBeforeTerminator: Int?

    package init() {}

    /// Whether the flag is given.
    package subscript(_ flag: Flag) -> Bool { flags.holds(flag.parameter.name) }

    /// Whether `--name` or `--no-name` is given last; nil if neither is.
    package subscript(_ pair: Pair) -> Bool? {
        let (on, off) = (pair.parameter.name, "no-" + pair.parameter.name)
        return flags.last { $0.isSame(as: on) || $0.isSame(as: off) }.map { $0.isSame(as: on) }
    }

    /// The option's value; nil if it is not given.
    package subscript(_ option: Option) -> String? { value(option.parameter) }

    /// The values of an option that may be given several times, in their order.
    package func all(_ option: Option) -> [String] { values(option.parameter) }

    /// The option's value; empty only in a command line that was refused.
    package subscript(_ option: RequiredOption) -> String { value(option.parameter) ?? "" }

    /// The operand; empty only in a command line that was refused.
    package subscript(_ operand: Operand) -> String { value(operand.parameter) ?? "" }

    /// The operand; nil if it is not given.
    package subscript(_ operand: OptionalOperand) -> String? { value(operand.parameter) }

    /// The words, in their order.
    package subscript(_ operands: Operands) -> [String] { values(operands.parameter) }

    /// The program and its arguments; empty if none is given.
    package subscript(_ words: ProgramWords) -> [String] { program }

    /// Whether the option is named, though its value may be missing or unusable.
    package func mentions(_ option: Option) -> Bool { mentioned.holds(option.parameter.name) }

    private func value(_ parameter: Parameter) -> String? {
        values.last { $0.name.isSame(as: parameter.name) }?.value
    }

    private func values(_ parameter: Parameter) -> [String] {
        values.compactMap { $0.name.isSame(as: parameter.name) ? $0.value : nil }
    }

    // MARK: - For the parser

    mutating func mention(_ parameter: Parameter) { mentioned.append(parameter.name) }
    mutating func set(flag: String) { flags.append(flag) }
    mutating func set(_ parameter: Parameter, _ value: String) {
        values.append(NamedValue(name: parameter.name, value: value))
    }
    mutating func set(program words: ArraySlice<String>) { program = Array(words) }
    mutating func terminate(after operands: Int) { operandsBeforeTerminator = operands }
    func has(_ parameter: Parameter) -> Bool { value(parameter) != nil }
}

/// A value with the name of its option or operand.
private struct NamedValue: Sendable {
    let name: String
    let value: String
}
