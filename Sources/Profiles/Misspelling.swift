import Text

/// A setting whose name is none, and near one.
public struct Misspelling: Equatable, Sendable {
    /// The name that stands there, in lower case.
    public let said: String
    /// The name that was probably meant.
    public let meant: String
    /// The line that it stands in.
    public let origin: Origin

    /// `meant` is what `said` was probably to be.
    public init(said: String, meant: String, origin: Origin) {
        self.said = said
        self.meant = meant
        self.origin = origin
    }
}

/// Whether `word` was probably meant to be `name`, and is not.
func isMisspelling(_ word: String, of name: String) -> Bool { nearest(to: word, among: [name]) != nil }
