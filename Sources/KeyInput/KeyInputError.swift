/// Why what was given is no key to be stored. No case carries what was given.
public enum KeyInputError: Error, Equatable, Sendable {
    /// What should be the key's id is none.
    case notAnIdentifier
    /// It is the id of something else at AWS.
    case foreignIdentifier(ForeignIdentifier)
    /// It has the shape of a secret.
    case secretAsIdentifier
    /// The id, or a token beside it, is that of a session.
    case temporary
    /// What should be the secret is none.
    case notASecret
    /// It has the shape of a key's id.
    case identifierAsSecret
    /// It ended before this part.
    case missing(PartialKey.Part)

    /// Not UTF-8 but UTF-16.
    case wideCharacters
    /// The first line does not name the columns of a key.
    case noColumns
    /// There is no row with a key.
    case noKey
    /// It has the keys of these users, and none of the one that was asked for.
    case otherUsers([String])
    /// It has more than one key, and nothing tells which is meant.
    case severalKeys
}
