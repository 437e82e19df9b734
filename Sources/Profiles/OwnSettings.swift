/// Names that may follow `warder_`, prepared for look-up.
public struct OwnSettings: Sendable {
    /// The names, in lowercase.
    public let names: [String]
    /// There are so few that a linear search is faster than making a set.
    private let hashes: [UInt32]

    /// Names in lowercase, without `warder_`.
    public init(_ names: [String]) {
        self.names = names
        hashes = names.map { PropertyName($0).hash }
    }

    func contains(_ hash: UInt32) -> Bool { hashes.contains(hash) }
}
