import Arguments
import Failures
import JSON

/// `grammar`, from which the completions are written.
struct Grammar: Command {
    static let name = "grammar"
    static var description: CommandDescription {
        CommandDescription(
            "Prints the commands with their options and operands, as JSON.", "example: warder grammar", isHidden: true)
    }

    let given: Given

    func run() throws { try printOut(data: Self.object(Warder.self).text() + "\n") }

    private static func object(_ command: any Command.Type) -> JSONValue {
        let description = command.description
        let below = description.commands.filter { !$0.description.isHidden }
        return .object([
            ("name", .string(command.name)), ("abstract", .string(description.abstract)),
            ("discussion", .string(description.discussion)),
            ("usual", .optional(description.usual.flatMap { $0.name.isEmpty ? nil : $0.name })),
            ("parameters", .array(description.parameters.filter { !$0.isHidden }.map(object))),
            ("commands", .array(below.map(object))),
        ])
    }

    private static func object(_ parameter: Parameter) -> JSONValue {
        .object([
            ("name", .string(parameter.name)), ("role", .string(word(parameter.role))),
            ("required", .bool(isRequired(parameter.role))), ("value", value(parameter.value)),
            ("help", .string(parameter.help)), ("details", .string(parameter.details)),
        ])
    }

    private static func word(_ role: Parameter.Role) -> String {
        switch role {
        case .flag: "flag"
        case .pair: "pair"
        case .option: "option"
        case .operand: "operand"
        case .operands: "operands"
        case .command: "command"
        }
    }

    private static func isRequired(_ role: Parameter.Role) -> Bool {
        role == .operand(isRequired: true) || role == .option(isRequired: true)
    }

    /// A word for the kind of value, or the array of the words that are allowed.
    private static func value(_ kind: ValueKind) -> JSONValue {
        switch kind {
        case .words(let words): .array(words.map { .string($0) })
        case .text, .number: .string("text")
        case .file: .string("file")
        case .folder: .string("folder")
        case .profile: .string("profile")
        case .key: .string("key")
        case .ssoSession: .string("sso-session")
        case .program: .string("program")
        case .topic: .string("command")
        }
    }
}
