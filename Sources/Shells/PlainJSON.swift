import Secrets

extension Format {
    /// For programs that read JSON.
    public static let json = Format("json", PlainJSON.self)
}

/// One JSON object (RFC 8259) whose members are the variables.
enum PlainJSON: Syntax {
    static let opening = "{"
    static func closing(isEmpty: Bool) -> String { isEmpty ? "}\n" : "\n}\n" }

    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes) {
        member(name, isFirst: isFirst, &text)
        text.appendJSONQuoted(value)
    }

    /// Everything of a member before its value.
    static func member(_ name: String, isFirst: Bool, _ text: inout SecretBytes) {
        text.append(isFirst ? "\n  \"\(name)\": " : ",\n  \"\(name)\": ")
    }
}
