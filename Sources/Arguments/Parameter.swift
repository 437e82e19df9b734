/// One option or operand of a command, as help, completions and the parser know it.
package struct Parameter: Sendable {
    /// How often it may stand in a command line, and with what.
    package enum Role: Sendable, Equatable {
        /// `--name`.
        case flag
        /// `--name` or `--no-name`; the last one counts.
        case pair
        /// `--name VALUE` or `--name=VALUE`; the last one counts.
        case option(isRequired: Bool)
        /// One word.
        case operand(isRequired: Bool)
        /// Any number of words.
        case operands
        /// A command with its arguments: everything from its first word on.
        case command
    }

    /// The name, without dashes.
    package let name: String
    package let role: Role
    /// What the value stands for.
    package let value: ValueKind
    /// What stands for the value in usage and errors.
    package let placeholder: String
    /// One sentence for help; empty only if the parameter is hidden.
    package let help: String
    /// More sentences, for help alone.
    package let details: String
    /// Neither help nor completions show it.
    package let isHidden: Bool

    /// Whether it is an option: its name stands in the command line.
    package var isOption: Bool {
        switch role {
        case .flag, .pair, .option: true
        case .operand, .operands, .command: false
        }
    }

    /// How usage and errors name it: `--json`, `--shell <shell>`, `<profile>`.
    package var spelling: String {
        switch role {
        case .flag: "--" + name
        case .pair: "--[no-]" + name
        case .option: "--" + name + " <" + placeholder + ">"
        case .operand, .operands, .command: "<" + name + ">"
        }
    }
}

/// What a value stands for. A shell completes it accordingly.
package enum ValueKind: Sendable, Equatable {
    case text
    /// One of these words; others are refused.
    case words([String])
    /// A whole number in this range; others are refused.
    case number(ClosedRange<Int64>)
    case file, folder
    /// The name of a profile, of a stored key, or of an `sso-session`.
    case profile, key, ssoSession
    /// A program with its arguments.
    case program
    /// The words of a command of this table.
    case topic
}

/// What a command lists among its parameters.
package protocol Described: Sendable {
    /// What help, completions and the parser know of it.
    var parameter: Parameter { get }
}

/// An option without a value.
package struct Flag: Described {
    package let parameter: Parameter

    package init(_ name: String, _ help: String, isHidden: Bool = false) {
        parameter = Parameter(
            name: name, role: .flag, value: .text, placeholder: name, help: help, details: "", isHidden: isHidden)
    }
}

/// A pair of options, `--name` and `--no-name`, the last of which counts.
package struct Pair: Described {
    package let parameter: Parameter

    package init(_ name: String, _ help: String) {
        parameter = Parameter(
            name: name, role: .pair, value: .text, placeholder: name, help: help, details: "", isHidden: false)
    }
}

/// An option with a value.
package struct Option: Described {
    package let parameter: Parameter

    /// - Parameter placeholder: what stands for the value in usage; the option's name if nil.
    package init(
        _ name: String, _ value: ValueKind, _ help: String, placeholder: String? = nil, details: String = "",
        isHidden: Bool = false
    ) {
        parameter = Parameter(
            name: name, role: .option(isRequired: false), value: value, placeholder: placeholder ?? name, help: help,
            details: details, isHidden: isHidden)
    }
}

/// An option with a value that must be given.
package struct RequiredOption: Described {
    package let parameter: Parameter

    /// - Parameter placeholder: what stands for the value in usage; the option's name if nil.
    package init(_ name: String, _ value: ValueKind, _ help: String, placeholder: String? = nil) {
        parameter = Parameter(
            name: name, role: .option(isRequired: true), value: value, placeholder: placeholder ?? name, help: help,
            details: "", isHidden: false)
    }
}

/// A word that must be given.
package struct Operand: Described {
    package let parameter: Parameter

    package init(_ name: String, _ value: ValueKind, _ help: String) {
        parameter = Parameter(
            name: name, role: .operand(isRequired: true), value: value, placeholder: name, help: help, details: "",
            isHidden: false)
    }
}

/// A word that may be left out.
package struct OptionalOperand: Described {
    package let parameter: Parameter

    package init(_ name: String, _ value: ValueKind, _ help: String) {
        parameter = Parameter(
            name: name, role: .operand(isRequired: false), value: value, placeholder: name, help: help, details: "",
            isHidden: false)
    }
}

/// The words that are left, if any.
package struct Operands: Described {
    package let parameter: Parameter

    package init(_ name: String, _ value: ValueKind, _ help: String) {
        parameter = Parameter(
            name: name, role: .operands, value: value, placeholder: name, help: help, details: "", isHidden: false)
    }
}

/// The program that warder starts, with its arguments: as in env(1) and sudo(8), every word from its name on.
package struct ProgramWords: Described {
    package let parameter: Parameter

    package init(_ name: String, _ help: String) {
        parameter = Parameter(
            name: name, role: .command, value: .program, placeholder: name, help: help, details: "", isHidden: false)
    }
}
