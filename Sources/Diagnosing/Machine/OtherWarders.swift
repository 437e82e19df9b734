import Linux
import Text

/// Another program named warder in `PATH`: which of the two is run depends on each program's `PATH`.
enum OtherWarders: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        let searchPath = subject.context.environment["PATH"]
        let own = OwnProgram(searchPath: searchPath)
        var seen: [FileIdentity] = []
        for folder in folders(ofSearchPath: searchPath) where folder.begins(with: "/") {
            let path = folder + "/warder"
            guard isProgram(path), let identity = FileIdentity(at: path), !seen.contains(identity) else { continue }
            seen.append(identity)
            // A script of that name starts a warder.
            guard isCompiledProgram(path), !own.isRun(by: path), !isWrapper(path, of: subject) else { continue }
            diagnosis.add(
                Finding(
                    "two_warders", .risky, at: path,
                    "another warder is in PATH; this one is \(subject.context.ownPath)",
                    why: "programs with another PATH may run that one, with the same keys and sessions",
                    .run(asOwner(ofFolder: folder, "mv \(shellWord(path)) \(shellWord(path + ".old"))"))))
        }
    }

    /// Whether the path is how this program says that it is called: a Nix wrapper is another file.
    private static func isWrapper(_ path: String, of subject: Subject) -> Bool {
        FileIdentity(at: subject.context.ownPath) == FileIdentity(at: path)
    }
}
