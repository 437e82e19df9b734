/// The integration into a shell that is part of the binary: a file of `shell/`, and how a user loads it.
public struct Hook: Sendable {
    /// Where the shell loads it, as help says it behind the shell's title.
    public let place: String
    /// The lines that load it there.
    public let lines: [String]
    private let file: @Sendable () -> [UInt8]

    init(_ place: String, _ lines: String..., file: @escaping @Sendable () -> [UInt8]) {
        (self.place, self.lines, self.file) = (place, lines, file)
    }

    /// The file's bytes.
    public var text: [UInt8] { file() }

    /// What stands in the shell's start-up file; nil for a shell whose hook is loaded in another way.
    public var startUpLine: String? { lines.count == 1 ? lines[0] : nil }
}
