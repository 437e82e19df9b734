import Failures
import Issuing
import Profiles
import Text

/// How the names of profiles are made: `{account_name}-{role}`.
package struct NameTemplate: Sendable {
    private enum Piece: Sendable {
        case text(String)
        case prefix, accountName, accountID, role, email
    }

    private let pieces: [Piece]
    private let prefix: String

    private static let placeholders: [(name: String, piece: Piece)] = [
        ("account_name", .accountName), ("account_id", .accountID), ("role", .role), ("prefix", .prefix),
        ("email", .email),
    ]

    /// - Parameters:
    ///   - text: the template; nil for the default one.
    ///   - prefix: what `{prefix}` stands for; the default template begins with it.
    package init(_ text: String?, prefix: String?) throws(Failure) {
        self.prefix = prefix ?? ""
        pieces = try Self.pieces(text ?? "{prefix}{account_name}-{role}")
        if let prefix { try Self.check(prefix, "--prefix") }
        if prefix != nil, !pieces.contains(where: { if case .prefix = $0 { true } else { false } }) {
            throw Failure(.usage, "--prefix is given, but --name has no {prefix}", hint: "write {prefix} into --name")
        }
        if case .text(let first) = pieces.first, first.begins(with: "-") { throw Self.beginsWithHyphen("--name") }
        guard !(prefix ?? "").begins(with: "-") else { throw Self.beginsWithHyphen("--prefix") }
    }

    /// The name of a role's profile: not empty, and without characters that a name cannot have.
    package func name(of role: SignInRole) -> String {
        let name = trimmed(pieces.map { text($0, of: role) }.joined())
        return name.isEmpty ? role.account.id : name
    }

    private func text(_ piece: Piece, of role: SignInRole) -> String {
        let account = role.account
        switch piece {
        case .text(let text): return text
        case .prefix: return prefix
        case .accountID: return account.id
        case .accountName:
            // A name wholly in another script has no character that a profile's may have.
            let name = safeName(account.name)
            return name.isEmpty ? account.id : name
        case .role: return safeName(role.name)
        case .email: return safeName(account.email)
        }
    }

    private static func pieces(_ text: String) throws(Failure) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let start = rest.firstIndex(of: "{") {
            if start > rest.startIndex { pieces.append(.text(String(rest[..<start]))) }
            guard let end = rest[start...].firstIndex(of: "}") else {
                throw Failure(.usage, "a { in --name is not closed", hint: known)
            }
            let word = String(rest[rest.index(after: start)..<end])
            guard let found = placeholders.first(where: { $0.name.isSame(as: word) }) else {
                let near = nearest(to: word, among: placeholders.map(\.name))
                throw Failure(
                    .usage, "--name has no placeholder {\(word)}",
                    hint: near.map { "did you mean {\($0)}?" } ?? known)
            }
            pieces.append(found.piece)
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        for case .text(let text) in pieces { try check(text, "--name") }
        guard !pieces.isEmpty else { throw Failure(.usage, "--name is empty", hint: known) }
        return pieces
    }

    private static var known: String {
        "the placeholders are " + placeholders.map { "{\($0.name)}" }.joined(separator: ", ")
    }

    private static func check(_ text: String, _ option: String) throws(Failure) {
        guard let wrong = text.unicodeScalars.first(where: { !$0.isASCII || !isNameByte(UInt8($0.value)) }) else {
            return
        }
        throw Failure(
            .usage, "\(option) has a \(wrong == " " ? "space" : "\(wrong)"), which profile names cannot have",
            hint: "use ASCII letters and digits, and _ - / . % @ : +")
    }

    private static func beginsWithHyphen(_ option: String) -> Failure {
        Failure(
            .usage, "\(option) begins with a hyphen: as an argument, the name would be an option",
            hint: "begin with a letter")
    }
}

/// Without hyphens at both ends.
private func trimmed(_ name: String) -> String {
    let bytes = name.utf8.drop { $0 == UInt8(ascii: "-") }
    return String(Substring(bytes.prefix(bytes.count - bytes.reversed().prefix { $0 == UInt8(ascii: "-") }.count)))
}
