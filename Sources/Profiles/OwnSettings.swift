/// Names that may stand behind `warder_`, made ready to be looked for.
public struct OwnSettings: Sendable {
    /// The names, in lower case.
    public let names: [String]
    /// Few enough to be looked through faster than a set of them is made.
    private let hashes: [UInt32]

    /// Names in lower case, without `warder_`.
    public init(_ names: [String]) {
        self.names = names
        hashes = names.map { PropertyName($0).hash }
    }

    func contains(_ hash: UInt32) -> Bool { hashes.contains(hash) }
}
