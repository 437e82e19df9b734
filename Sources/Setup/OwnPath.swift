import Linux

extension Context {
    /// The path by which SDKs are to call this very warder.
    package var ownPath: String {
        OwnProgram(searchPath: environment["PATH"]).path(named: "warder", calledBy: CommandLine.arguments.first ?? "")
    }
}
