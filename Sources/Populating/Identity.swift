import Issuing
import Profiles
import Text

/// A role in an account.
struct Identity: Hashable, Comparable {
    private let account, role: ByteText

    init(_ role: SignInRole) { self.init(role.account.id, role.name) }
    init(_ made: MadeProfile) { self.init(made.accountID, made.role) }

    private init(_ account: String, _ role: String) { (self.account, self.role) = (ByteText(account), ByteText(role)) }

    static func < (left: Identity, right: Identity) -> Bool {
        left.account == right.account
            ? left.role.text.utf8.lexicographicallyPrecedes(right.role.text.utf8)
            : left.account.text.utf8.lexicographicallyPrecedes(right.account.text.utf8)
    }
}

/// Whether a config file can hold the text as a value that every SDK reads alike.
func isWritable(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard let first = scalars.first, let last = scalars.last, scalars.count <= 256,
        !first.properties.isWhitespace, !last.properties.isWhitespace, first != "#", first != ";"
    else { return false }
    return scalars.allSatisfy { !isInvisible($0) } && !text.includes(" #") && !text.includes(" ;")
}
