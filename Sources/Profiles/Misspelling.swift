import Text

/// An unknown setting whose name resembles a known one.
public struct Misspelling: Equatable, Sendable {
    /// The name as written, in lowercase.
    public let said: String
    /// The name that was probably meant.
    public let meant: String
    /// The line that it is on.
    public let origin: Origin

    /// `said` was probably meant to be `meant`.
    public init(said: String, meant: String, origin: Origin) {
        self.said = said
        self.meant = meant
        self.origin = origin
    }
}

/// Whether `word` is a misspelling of `name`.
func isMisspelling(_ word: String, of name: String) -> Bool { nearest(to: word, among: [name]) != nil }
