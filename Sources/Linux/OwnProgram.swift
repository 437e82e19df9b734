import Glibc

/// The executable of this process: by which path others can run it, and whether a command means it.
///
/// One rule serves all callers: the same file counts, by whatever path or link, and so does a Nix wrapper, a program
/// `NAME` beside `.NAME-wrapped`.
public struct OwnProgram: Sendable {
    private let executable: String
    private let searchPath: String

    /// - Parameters:
    ///   - executable: the running file; `/proc/self/exe` for this process.
    ///   - searchPath: `PATH`.
    public init(_ executable: String = "/proc/self/exe", searchPath: String?) {
        self.executable = executable
        self.searchPath = searchPath ?? ""
    }

    /// The path to run it by from now on: one whose last part is `name`, taken from the word it was called by or from
    /// `PATH`. Links are kept, since an update that replaces the file moves the link.
    ///
    /// - Parameter word: the word it was called by, `argv[0]`.
    /// - Returns: if there is no such path, that of the file itself or, if the file is gone, `executable`.
    public func path(named name: String, calledBy word: String) -> String {
        for word in [word, name] {
            guard let path = located(word), lastPart(path).utf8.elementsEqual(name.utf8) else { continue }
            if isOwn(path) || isWrapper(path) { return path }
        }
        return resolved(executable) ?? executable
    }

    /// Whether `word`, the first of a command, runs this executable.
    public func isRun(by word: String) -> Bool { located(word).map(isOwn) ?? false }

    private func isOwn(_ path: String) -> Bool {
        guard let own = FileIdentity(at: executable) else { return false }
        return FileIdentity(at: path) == own
    }

    private func isWrapper(_ path: String) -> Bool {
        guard let own = resolved(executable), let wrapper = resolved(path), isProgram(wrapper) else { return false }
        let wrapped = folder(wrapper) + ".\(lastPart(wrapper))-wrapped"
        return wrapped.utf8.elementsEqual(own.utf8)
    }

    /// An absolute path without `.` and `..`; nil if no program is found.
    private func located(_ word: String) -> String? {
        let slash = UInt8(ascii: "/")
        guard word.utf8.contains(slash) else {
            return folders(ofSearchPath: searchPath).lazy.map { $0 + "/" + word }.first {
                $0.utf8.first == slash && isProgram($0)
            }
        }
        let path = absolute(word)
        guard isProgram(path) else { return nil }
        let parts = path.utf8.split(separator: slash)
        if parts.allSatisfy({ !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }) { return path }
        return resolved(folder(path)).map { $0 + "/" + lastPart(path) }
    }

    /// The folder of `path`, with a slash at its end.
    private func folder(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(path[..<path.utf8.index(after: slash)])
    }

    private func lastPart(_ path: String) -> String {
        String(decoding: path.utf8.dropFirst(folder(path).utf8.count), as: UTF8.self)
    }
}
