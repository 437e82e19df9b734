import Crypto
import Folders
import Linux
import Text

extension Failure {
    package init(_ error: FolderError) {
        switch error {
        case .file(.exposed(let path, _)):
            self.init(.damaged, "others may write \(path)", hint: "chmod go-w \(shellWord(path))")
        case .file(.tooLarge(let path, let limit)):
            self.init(.badConfig, "\(path) is larger than \(limit) bytes", hint: "it holds a profile's name, no more")
        case .file(.link(let path)):
            self.init(.damaged, "\(path) is a symbolic link", hint: "put the file itself there")
        case .file(let error): self.init(error, "the folder's file")
        case .folder(.exposed(let path, _)):
            self.init(
                .damaged, "others may put files into \(path), its .warder among them",
                hint: "chmod go-w \(shellWord(path))")
        case .folder(let error): self.init(error, "the folder")
        case .notOneName(let path):
            self.init(
                .badConfig, "\(path) does not hold one name of a profile",
                hint: "it has one line with the name; others are blank or begin with #")
        case .notAName(let path):
            self.init(
                .badConfig, "what \(path) holds is no name of a profile",
                hint: "it has one line with the name, in UTF-8, and no control characters")
        case .carriageReturn(let path):
            self.init(
                .badConfig, "the lines of \(path) end with a carriage return",
                hint: "sed -i 's/\\r$//' \(shellWord(path))")
        case .byteOrderMark(let path):
            self.init(.badConfig, "\(path) begins with a byte order mark", hint: "save it as plain UTF-8")
        case .remark(let path):
            self.init(
                .badConfig, "\(path) has a comment behind the name", hint: "put the comment on a line of its own")
        case .unusablePath:
            self.init(
                .other, "the folder's path cannot be written down", hint: "use one in UTF-8, of 4095 bytes at most")
        case .start(let error): self.init(error, "the folder")
        case .store(let error): self.init(error, "the list of trusted files")
        case .lock(let error): self.init(error, "the list of trusted files")
        case .crypto(let error): self.init(error)
        }
    }

    /// - Parameter path: as the user sees it, with `~` for the home folder.
    package static func untrusted(_ path: String, profile: String, hasChanged: Bool) -> Failure {
        let what = hasChanged ? "has changed since it was trusted" : "is not trusted"
        return Failure(.locked, "\(path) \(what): it asks for profile \(profile)", hint: "run warder trust")
    }
}
