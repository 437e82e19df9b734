import KeyInput

// Errors in a key that the user gives, in the user's words. None of the input is shown: people paste it in the wrong
// order.

extension Failure {
    /// - Parameter origin: where the input comes from.
    package init(_ error: KeyInputError, from origin: String) {
        switch error {
        case .notAnIdentifier:
            self.init(
                .badConfig, Self.notAnIdentifier(origin),
                hint: "paste the id as AWS shows it: AKIA and 16 capital letters and digits")
        case .foreignIdentifier(let kind):
            self.init(
                .badConfig, "\(kind.rawValue)… is \(kind.name) id, not an access key's",
                hint: "give an access key's id, which begins with AKIA")
        case .secretAsIdentifier:
            self.init(
                .badConfig, "\(origin) has a secret access key where its id belongs",
                hint: "give the id first, AKIA…, and the secret behind it")
        case .temporary:
            self.init(
                .usage, "the key from \(origin) is a session's, not a long-term one",
                hint: "warder stores long-term keys, AKIA…: create one in the console")
        case .notASecret:
            self.init(
                .badConfig, "the secret access key from \(origin) is not one",
                hint: "it has 40 letters, digits, slashes and pluses")
        case .identifierAsSecret:
            self.init(
                .badConfig, "\(origin) has an access key id where the secret belongs",
                hint: "give the secret access key behind the id: 40 letters, digits, slashes and pluses")
        case .missing(let part):
            let name = part == .identifier ? "access key id" : "secret access key"
            self.init(
                .badConfig, "there is no \(name) in \(origin)",
                hint: "give the id in one line, AKIA…, and the secret in the next")
        case .wideCharacters:
            self.init(.badConfig, "\(origin) is UTF-16, not UTF-8", hint: "save it as UTF-8 (CSV), and try again")
        case .noColumns:
            self.init(
                .badConfig, "\(origin) is not a key as the AWS console gives it for download",
                hint: "its first line names the columns: Access key ID,Secret access key")
        case .noKey:
            self.init(
                .badConfig, "\(origin) has no key below its head line", hint: "download it again, or create another key"
            )
        case .otherUsers(let users):
            let names = users.prefix(8).joined(separator: ", ") + (users.count > 8 ? ", …" : "")
            self.init(
                .notFound, "\(origin) has the keys of several users, none of whom has the name that was given",
                hint: "store each under its user's name: \(names)")
        case .severalKeys:
            self.init(
                .badConfig, "\(origin) has several keys, and nothing tells which is meant",
                hint: "leave one of them in it, below the head line")
        }
    }

    /// What messages call input typed at a terminal.
    package static let typed = "what was typed"

    /// Input typed at a terminal is the id alone; other input contains more.
    private static func notAnIdentifier(_ origin: String) -> String {
        origin == Self.typed ? "\(origin) is not an access key id" : "\(origin) has no valid access key id"
    }
}

extension ForeignIdentifier {
    /// What the id belongs to.
    fileprivate var name: String {
        switch self {
        case .bearerToken: "a bearer token's"
        case .contextCredential: "a context-specific credential's"
        case .group: "a group's"
        case .user: "a user's"
        case .instanceProfile: "an instance profile's"
        case .policy: "a policy's"
        case .policyVersion: "a policy version's"
        case .publicKey: "a public key's"
        case .role: "a role's"
        case .certificate: "a certificate's"
        }
    }
}
