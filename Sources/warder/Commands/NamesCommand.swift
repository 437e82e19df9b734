import Arguments
import Failures
import Linux
import Profiles
import Sessions
import Setup
import Stores

/// `names KIND [PREFIX]`, which shells' completions call at each Tab.
struct Names: Command {
    static let name = "names"
    static let kind = Operand("kind", .words(["profiles", "keys", "sso-sessions"]), "Which names.")
    /// Names that begin with a dash are included only if the prefix does: a command would take them for options.
    static let prefix = OptionalOperand("prefix", .text, "What the names begin with.")
    static var description: CommandDescription {
        CommandDescription(
            "Prints the names of profiles, keys or sso-sessions, one a line.", "example: warder names profiles al",
            [kind, prefix],
            isHidden: true, takesOptions: false)
    }

    let given: Given

    /// Prints the names in the order of their files. Unlocks nothing and never prompts.
    func run() throws {
        let context = try Context(noPrompt: true)
        let prefix = given[Self.prefix] ?? ""
        var text = ""
        for name in try names(context) where Self.isMeant(name.utf8, by: prefix) {
            text += name
            text += "\n"
        }
        try printOut(data: text)
    }

    private func names(_ context: Context) throws(Failure) -> [String] {
        guard given[Self.kind] == "keys" else {
            let profiles = try ProfileLoading(context).profiles()
            return given[Self.kind] == "profiles" ? profiles.profileNames : profiles.ssoSessionNames
        }
        let keys = Keys(context)
        if let noted = try keys.index() { return noted.map(\.name) }
        return try keys.listing().keys?.map(\.name) ?? []
    }

    private static func isMeant(_ name: String.UTF8View, by prefix: String) -> Bool {
        name.starts(with: prefix.utf8) && (name.first != UInt8(ascii: "-") || !prefix.isEmpty)
            && name.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}
