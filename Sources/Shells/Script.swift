import Secrets

/// Why values cannot be written as shell text.
public enum ShellError: Error, Equatable, Sendable {
    /// The variable's value holds a control character, which no quoting carries through every shell.
    case controlCharacter(variable: String)
}

/// A syntax in which variables can be handed over.
public enum Syntax: String, Sendable, CaseIterable {
    /// bash, zsh, dash and other shells of the POSIX family.
    case posix
    /// fish.
    case fish
    /// `NAME=value` lines, as dotenv libraries and `docker --env-file` read them.
    case dotenv
    /// One JSON object.
    case json
}

/// Collects statements in one syntax.
///
/// Every statement of a shell stands on its own line and ends in `;`, so that `eval $(…)`, which joins the lines by
/// spaces, runs the same statements as `eval "$(…)"`.
public struct Script: ~Copyable {
    private let syntax: Syntax
    private var text = SecretBytes(capacity: 4096)
    private var isFirst = true

    /// An empty script.
    public init(_ syntax: Syntax) {
        self.syntax = syntax
        if syntax == .json { text.append(UInt8(ascii: "{")) }
    }

    /// Adds a statement that exports `name`, an ASCII identifier, with a secret value.
    public mutating func export(_ name: String, _ value: borrowing SecretBytes) throws(ShellError) {
        for index in 0..<value.count where value[index] < 0x20 || value[index] == 0x7f {
            throw .controlCharacter(variable: name)
        }
        switch syntax {
        case .posix:
            text.append("export \(name)=")
            text.appendPOSIXQuoted(value)
            text.append(";\n")
        case .fish:
            text.append("set -gx \(name) ")
            text.appendFishQuoted(value)
            text.append(";\n")
        case .dotenv:
            text.append("\(name)=")
            text.appendDotenvQuoted(value)
            text.append("\n")
        case .json:
            text.append(isFirst ? "\n  \"\(name)\": " : ",\n  \"\(name)\": ")
            text.appendJSONQuoted(value)
        }
        isFirst = false
    }

    /// Adds a statement that exports `name` with a value that is no secret.
    public mutating func export(_ name: String, _ value: String) throws(ShellError) {
        var bytes = SecretBytes(capacity: value.utf8.count)
        bytes.append(value)
        try export(name, bytes)
    }

    /// Adds a statement that takes `name` away; nothing in a syntax that has none.
    public mutating func unset(_ name: String) {
        switch syntax {
        case .posix: text.append("unset \(name);\n")
        case .fish: text.append("set -e \(name);\n")
        case .dotenv, .json: break
        }
    }

    /// The whole text.
    public consuming func finish() -> SecretBytes {
        if syntax == .json { text.append(isFirst ? "}\n" : "\n}\n") }
        return text
    }

    /// The text that makes an `eval` of it fail; empty in a syntax that is not evaluated.
    public static func failing(_ syntax: Syntax) -> String {
        switch syntax {
        case .posix, .fish: "false;\n"
        case .dotenv, .json: ""
        }
    }
}
