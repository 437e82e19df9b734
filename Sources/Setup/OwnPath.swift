import Linux

extension Context {
    /// The path by which SDKs should call this executable.
    package var ownPath: String {
        OwnProgram(searchPath: environment["PATH"]).path(named: "warder", calledBy: CommandLine.arguments.first ?? "")
    }
}
