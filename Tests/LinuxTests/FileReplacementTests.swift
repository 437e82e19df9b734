import Foundation
import Linux
import Secrets
import Testing

/// Root may not make a file beside it either.
private let unwritable = "/sys/kernel/notes"

@Suite("Replacing a file of the user's")
struct FileReplacementTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func replace(_ path: String, _ new: String, knowing old: String = "old") throws -> Bool {
        var bytes = SecretBytes(capacity: 64)
        bytes.append(new)
        return try FileReplacement(path).replace(with: bytes) { text($0) == old }
    }

    private func mode(_ path: String) -> mode_t {
        var info = stat()
        return stat(path, &info) == 0 ? info.st_mode & 0o7777 : 0
    }

    private func holds(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test("the mode stays, and nothing else does")
    func modes() throws {
        let path = try scratch.write("config", "old", mode: 0o640)
        #expect(try replace(path, "new"))
        #expect(holds(path) == "new" && mode(path) == 0o640)
        #expect(try names(inFolder: scratch.path) == ["config"])
    }

    @Test("one that was changed meanwhile stays")
    func changed() throws {
        let path = try scratch.write("config", "other")
        #expect(try !replace(path, "new"))
        #expect(holds(path) == "other")
        #expect(try names(inFolder: scratch.path) == ["config"])
    }

    @Test("one that is not there is made, closed to others, with its folder")
    func absent() throws {
        let path = scratch.path + "/a/.aws/config"
        #expect(try replace(path, "new", knowing: ""))
        #expect(holds(path) == "new" && mode(path) == 0o600 && mode(scratch.path + "/a/.aws") == 0o700)
    }

    @Test("a link stays a link, also one to a file that is not there yet", arguments: [true, false])
    func links(isThere: Bool) throws {
        mkdir(scratch.path + "/dotfiles", 0o700)
        if isThere { _ = try scratch.write("dotfiles/config", "old") }
        let second = scratch.path + "/second"
        let path = scratch.path + "/config"
        symlink("dotfiles/config", second)
        symlink(second, path)
        #expect(try replace(path, "new", knowing: isThere ? "old" : ""))
        #expect(holds(scratch.path + "/dotfiles/config") == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == second)
    }

    @Test("a link into a folder that is not there is told, with the folder")
    func broken() throws {
        let path = scratch.path + "/config"
        symlink("gone/config", path)
        #expect(throws: FileError.brokenLink(path: path, folder: scratch.path + "/gone")) { try replace(path, "new") }
        let folder = scratch.path + "/.aws"
        symlink("/nowhere/aws", folder)
        #expect(throws: FileError.brokenLink(path: folder, folder: "/nowhere/aws")) {
            try replace(folder + "/config", "new")
        }
        let (behind, gone) = (try #require(BrokenLink(of: folder + "/config")), scratch.path + "/gone")
        #expect(behind.path == folder && behind.target == "/nowhere/aws" && behind.missingFolder == "/nowhere/aws")
        let link = try #require(BrokenLink(of: path))
        #expect(link.path == path && link.target == gone + "/config" && link.missingFolder == gone)
        mkdir(gone, 0o700)
        #expect(BrokenLink(of: path)?.missingFolder == nil && BrokenLink(of: path)?.target == gone + "/config")
        #expect(BrokenLink(of: gone + "/config") == nil && BrokenLink(of: gone) == nil)
    }

    @Test("links that lead to one another, and what is no file")
    func others() throws {
        let path = scratch.path + "/config"
        symlink("config", path)
        #expect(throws: FileError.self) { try replace(path, "new") }
        #expect(throws: FileError.notAFile(path: scratch.path)) { try replace(scratch.path, "new") }
    }

    @Test("a link to what may not be written is told as one", .enabled(if: fileExists(unwritable)))
    func withoutPermission() throws {
        let path = scratch.path + "/config"
        symlink(unwritable, path)
        #expect(throws: FileError.unwritableBehindLink(path: path, target: unwritable)) {
            try replace(path, "new", knowing: "")
        }
    }
}
