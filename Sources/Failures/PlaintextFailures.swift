import KeyInput
import Profiles
import Text

// Lines of a plaintext key that cannot be imported, in the user's words.

extension Failure {
    package init(_ fault: PlaintextFault, of profile: String) {
        switch fault {
        case .session(let origin):
            self.init(
                origin, "\(profile) has the credentials of a session, not a long-term key",
                hint: "leave them until they expire: warder stores long-term keys, AKIA…")
        case .half(let missing, let origin):
            self.init(
                origin, "half a key: \(profile) has no \(missing) beside it in that file",
                hint: "add the other line, or remove this one")
        case .different(let key, let one, let other):
            self.init(
                other, "\(profile) has another \(key) than at \(one.place), and one of the two would be lost",
                hint: "remove the lines of the key that is not used any more")
        case .severalLines(let key, let origin):
            self.init(
                origin, "\(key) of \(profile) goes on over the next line", hint: "write it on one line")
        case .unusableName(let origin):
            self.init(origin, "SDKs accept no profile named \(profile)", hint: "rename it, without blanks and quotes")
        }
    }

    /// The two lines of a profile are there, but not in the form of a key.
    package init(_ error: KeyInputError, of profile: String, _ origin: Origin) {
        let known = Failure(error, from: profile)
        let hint =
            switch error {
            case .notAnIdentifier: "the id of a key that warder stores has 16 to 128 capital letters and digits"
            case .secretAsIdentifier, .identifierAsSecret:
                "aws_access_key_id is the id, AKIA…, and aws_secret_access_key the secret that AWS shows behind it"
            default: known.hint
            }
        self.init(origin, known.message, hint: hint)
    }

    /// A key that no profile has.
    package init(_ stray: StrayKey) {
        guard let header = stray.header else {
            self.init(
                stray.origin, "a key stands in a section whose name is not UTF-8, or has a NUL byte",
                hint: "write the header anew, with letters, digits and _ - / . % @ : + alone")
            return
        }
        self.init(
            stray.origin, "a key stands in the section [\(header)], which SDKs do not read as a profile",
            hint: stray.heading.map { "write \($0) there, or remove the key" }
                ?? "move it into the section of a profile, or remove it")
    }

    private init(_ origin: Origin, _ message: String, hint: String) {
        self.init(.badConfig, "\(origin.place): \(message)", hint: hint, origin: origin.place)
    }
}
