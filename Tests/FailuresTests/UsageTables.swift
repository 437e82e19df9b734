import Arguments
import Failures

/// What goes wrong with a command line.
func usageTables(_ o: String) -> [Table] {
    let errors: [UsageError] = [
        .unknownCommand(o), .unknownCommand("login"), .unknownCommand("slts"), .unknownOption("--" + o, near: nil),
        .unknownOption("--jsn", near: "--json"), .unknownOption("--profile", near: nil),
        .missingValue("--mfa-code <code>"), .unwantedValue("--json"),
        .unusableValue(o, of: "--pid <pid>", words: []),
        .unusableValue("bsh", of: "--shell <shell>", words: ["bash", "zsh"]), .missingOperand("<profile>"),
        .surplusOperands([o]), .surplusOperands([o, o]), .surplusOperands(["hunter2"]),
        .surplusOperands([o, "hunter2"]), .missingProgram, .unusableOperand("-" + o, of: "<profile>"),
    ]
    let below = ["UsageError": ["vault"], "UsageError, of the program itself": []]
    return below.sorted { $0.key < $1.key }.map { name, words in
        Table(
            name,
            errors.map { error in
                (caseName(error), Failure(error, of: words, commands: ["init", "slots"]) { [o] })
            })
    }
}
