import Failures
import Linux
import Profiles
import Sessions
import Setup
import Stores

/// `names KIND [PREFIX]`, which shells' completions call at each Tab. It is recognized without the parser, because it
/// must answer before the user's finger has left the key.
struct NamesRequest {
    /// The kind of names.
    enum Kind: String {
        case profiles, keys
    }

    let kind: Kind
    /// The prefix of the names. Names that begin with a dash are included only if the prefix does: a command would take
    /// them for options.
    let prefix: String

    /// Nil for any other command.
    init?(_ arguments: [String]) throws(Failure) {
        guard arguments.first == "names" else { return nil }
        guard (2...3).contains(arguments.count), let kind = Kind(rawValue: arguments[1]) else {
            throw Failure(.usage, "names takes a kind, and what the names begin with", hint: "warder names profiles al")
        }
        self.kind = kind
        prefix = arguments.count == 3 ? arguments[2] : ""
    }

    /// Prints the names, one per line, in the order of their files. Unlocks nothing and never prompts.
    func answer() throws(Failure) {
        let context = try Context(noPrompt: true)
        var text = ""
        for name in try names(context) where isMeant(name.utf8) {
            text += name
            text += "\n"
        }
        try printOut(data: text)
    }

    private func names(_ context: Context) throws(Failure) -> [String] {
        switch kind {
        case .profiles: return try ProfileLoading(context).profiles().profileNames
        case .keys:
            let keys = Keys(context)
            if let noted = try keys.index() { return noted.map(\.name) }
            return try keys.listing().keys?.map(\.name) ?? []
        }
    }

    private func isMeant(_ name: String.UTF8View) -> Bool {
        name.starts(with: prefix.utf8) && (name.first != UInt8(ascii: "-") || !prefix.isEmpty)
            && name.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}
