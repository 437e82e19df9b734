/// Why the input is not a key that can be stored. No case carries the input.
public enum KeyInputError: Error, Equatable, Sendable {
    /// The id is not an access key's id.
    case notAnIdentifier
    /// It is the id of something else at AWS.
    case foreignIdentifier(ForeignIdentifier)
    /// The id looks like a secret.
    case secretAsIdentifier
    /// The id, or a token beside it, is that of a session.
    case temporary
    /// The secret is not a secret key.
    case notASecret
    /// The secret looks like a key's id.
    case identifierAsSecret
    /// The input ended before this part.
    case missing(PartialKey.Part)

    /// It is UTF-16 instead of UTF-8.
    case wideCharacters
    /// The first line does not name the columns of a key.
    case noColumns
    /// There is no row with a key.
    case noKey
    /// It has the keys of these users, but not of the requested one.
    case otherUsers([String])
    /// It has more than one key, and nothing tells which one to store.
    case severalKeys
}
