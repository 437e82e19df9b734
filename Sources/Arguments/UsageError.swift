/// Why a command line cannot be used.
package enum UsageError: Error, Equatable, Sendable {
    /// The group has no command of that name.
    case unknownCommand(String)
    /// The command has no such option, as it was typed; `near` is the one that may be meant.
    case unknownOption(String, near: String?)
    /// The option, as usage spells it, is the last word, or another option of the command follows it.
    case missingValue(String)
    /// A flag, as it was typed, with a value after `=`.
    case unwantedValue(String)
    /// The value of the option or operand, as usage spells it, must be one of these words, if there are any.
    case unusableValue(String, of: String, words: [String])
    /// The operand is missing.
    case missingOperand(String)
    /// More operands than the command takes.
    case surplusOperands([String])
    /// Nothing follows `--`, where a program was to be named.
    case missingProgram
    /// The word before a program begins with a dash.
    case unusableOperand(String, of: String)
}
