import Arguments
import Chains
import Failures
import JSON
import Setup

/// `grammar`, from which the completions and the manual pages are written.
struct Grammar: Command {
    static let name = "grammar"
    static var description: CommandDescription {
        CommandDescription(
            "Prints the commands with their options and operands, and the settings, as JSON.",
            "example: warder grammar", isHidden: true)
    }

    let given: Given

    func run() throws {
        let whole = Self.object(Warder.self, below: nil, [("settings", Self.settings)])
        try printOut(data: whole.text() + "\n")
    }

    /// The names of the settings, by the section that has them; those of a profile may also stand after `warder_`.
    private static var settings: JSONValue {
        .object([
            ("warder", names(Settings.names)), ("policy", names(Policy.names)),
            ("profile", names(Chain.ownSettings.names)),
        ])
    }

    private static func names(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }

    /// - Parameters:
    ///   - title: that of the group which lists it; nil for the root.
    ///   - more: what stands behind the rest.
    private static func object(
        _ command: any Command.Type, below title: String?, _ more: [(String, JSONValue)] = []
    ) -> JSONValue {
        let description = command.description
        let below = description.groups.flatMap { group in
            group.commands.filter { !$0.description.isHidden }.map { object($0, below: group.title) }
        }
        return .object(
            [
                ("name", .string(command.name)), ("group", .optional(title)),
                ("abstract", .string(description.abstract)),
                ("discussion", .string(description.discussion)),
                ("usual", .optional(description.usual?.name)),
                ("parameters", .array(description.parameters.filter { !$0.isHidden }.map(object))),
                ("commands", .array(below)),
            ] + more)
    }

    private static func object(_ parameter: Parameter) -> JSONValue {
        .object([
            ("name", .string(parameter.name)), ("role", .string(word(parameter.role))),
            ("required", .bool(isRequired(parameter.role))), ("value", value(parameter.value)),
            ("placeholder", .string(parameter.placeholder)),
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
