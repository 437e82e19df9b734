import Secrets

/// nushell, which has no `eval`: one JSON object, whose members are for `load-env`.
///
/// A variable that is to go is null, and is for `hide-env`: newer versions hand a null on to children, as JSON.
enum Nushell: Dialect {
    static let opening = "{"
    /// No record, so that neither `load-env` nor `columns` takes it.
    static let failing = "false\n"

    static func closing(isEmpty: Bool) -> String { PlainJSON.closing(isEmpty: isEmpty) }

    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes) {
        PlainJSON.set(name, value, isFirst: isFirst, &text)
    }

    static func unset(_ name: String, isFirst: Bool, _ text: inout SecretBytes) -> Bool {
        PlainJSON.member(name, isFirst: isFirst, &text)
        text.append("null")
        return true
    }
}
