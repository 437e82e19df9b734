import Secrets

extension Shell {
    /// nushell.
    public static let nu = Shell(
        "nu", title: "nushell", Nushell.self,
        hook: Hook(
            "once", "mkdir ($nu.data-dir | path join vendor/autoload)",
            "warder hook nu | save -f ($nu.data-dir | path join vendor/autoload/warder.nu)"
        ) { PackageResources.warder_nu }
    ) { "warder env --shell nu \($0) | from json | load-env" }
}

/// nushell, which has no `eval`: one JSON object, whose members are for `load-env`.
///
/// A variable that is to go is null, and is for `hide-env`: newer versions hand a null on to children, as JSON.
enum Nushell: Syntax {
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
