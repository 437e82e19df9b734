import Foundation
import Linux
import Testing

@testable import Folders

@Suite("What .warder may hold")
struct FolderTextTests {
    @Test(
        "one name, with blank lines and comments around it",
        arguments: [
            "prod", "prod\n", "  prod\t\n", "# ours\n\nprod\n", "prod\n# that was it", "#prod\nprod\n\n \t\n",
        ])
    func name(text: String) throws { #expect(try FolderText.profile(Array(text.utf8)) == "prod") }

    @Test(
        "a name is any text on a line, and is not run",
        arguments: ["my prod", "$(touch ran)", "a'b\"c", "a#b", "é 日本", "../x", "e\u{301}", "~", "*", "a=b; c"])
    func odd(text: String) throws {
        let name = try FolderText.profile(Array(text.utf8))
        #expect(Array(name.utf8) == Array(text.utf8))
    }

    @Test("no name, or two", arguments: ["", "\n\n", "# prod", " \t\n#\n", "prod\ndev", "prod\n\nprod\n"])
    func number(text: String) {
        #expect(throws: FolderText.Fault.notOneName) { try FolderText.profile(Array(text.utf8)) }
    }

    @Test(
        "what is no name",
        arguments: ["-x", "--keys", "a\tb", "a\rb", "a\0b", "\u{1b}[2J", "a\u{7f}", "a\u{85}b", "a\u{9b}"])
    func control(text: String) {
        #expect(throws: FolderText.Fault.notAName) { try FolderText.profile(Array(text.utf8)) }
    }

    @Test(
        "what editors and habits put there",
        arguments: [
            ("prod\r\n", FolderText.Fault.carriageReturn), ("prod\r\n\r\n", .carriageReturn),
            ("\r\nprod", .carriageReturn),
            ("\u{feff}prod", .byteOrderMark), ("prod # ours", .remark), ("prod\t#", .remark),
        ])
    func habits(text: String, fault: FolderText.Fault) {
        #expect(throws: fault) { try FolderText.profile(Array(text.utf8)) }
    }

    @Test("what is not UTF-8", arguments: [[0x80], [0xc3], [0x61, 0xff], [0xed, 0xa0, 0x80]])
    func unicode(bytes: [UInt8]) { #expect(throws: FolderText.Fault.notAName) { try FolderText.profile(bytes) } }
}

@Suite("Finding and trusting .warder")
final class FolderFileTests {
    let root: String
    let store: TrustStore

    init() throws {
        let made = NSTemporaryDirectory() + "folders-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: made + "/home/a/b", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        root = made
        store = TrustStore(folder: made + "/data/trusted")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func write(_ text: String, _ folder: String) throws {
        try text.write(toFile: root + folder + "/.warder", atomically: true, encoding: .utf8)
        chmod(root + folder + "/.warder", 0o644)
    }

    private func find(_ folder: String) throws(FolderError) -> String? {
        try FolderFile.find(from: root + folder, home: root + "/home")?.profile
    }

    @Test("the nearest rules, home's is the last, and what is above home rules nobody in it")
    func nearest() throws {
        try write("above", "")
        #expect(try find("/home/a/b") == nil)
        try write("home", "/home")
        #expect(try find("/home/a/b") == "home")
        try write("a", "/home/a")
        #expect(try find("/home/a/b") == "a")
        try write("b", "/home/a/b")
        #expect(try find("/home/a/b") == "b")
        #expect(try find("/home/a") == "a")
    }

    @Test("a file that does not hold a name hides the one above")
    func hidden() throws {
        try write("a", "/home/a")
        try write("two\nnames", "/home/a/b")
        let path = root + "/home/a/b/.warder"
        #expect(throws: FolderError.notOneName(path: path)) { try self.find("/home/a/b") }
    }

    @Test("what others may write is refused, the file's folder included")
    func exposed() throws {
        try write("a", "/home/a")
        let (folder, path) = (root + "/home/a", root + "/home/a/.warder")
        for mode: mode_t in [0o664, 0o646, 0o666] {
            chmod(path, mode)
            #expect(throws: FolderError.file(.exposed(path: path, mode: mode))) { try self.find("/home/a/b") }
        }
        chmod(path, 0o600)
        for mode: mode_t in [0o775, 0o757, 0o1777] {
            chmod(folder, mode)
            #expect(throws: FolderError.folder(.exposed(path: folder, mode: mode))) { try self.find("/home/a/b") }
        }
        chmod(folder, 0o755)
        #expect(try find("/home/a/b") == "a")
    }

    @Test("only a plain file of some size is read, and nobody is waited for")
    func kinds() throws {
        let path = root + "/home/a/.warder"
        mkfifo(path, 0o600)
        #expect(throws: FolderError.file(.notAFile(path: path))) { try self.find("/home/a") }
        unlink(path)
        mkdir(path, 0o700)
        #expect(throws: FolderError.file(.notAFile(path: path))) { try self.find("/home/a") }
        rmdir(path)
        symlink("/etc/hostname", path)
        #expect(throws: FolderError.file(.link(path: path))) { try self.find("/home/a") }
        unlink(path)
        try write(String(repeating: "#", count: 4096), "/home/a")
        #expect(throws: FolderError.notOneName(path: path)) { try self.find("/home/a") }
        try write(String(repeating: "#", count: 4097), "/home/a")
        #expect(throws: FolderError.file(.tooLarge(path: path, limit: 4096))) { try self.find("/home/a") }
    }

    @Test("trust is for a path and what it holds")
    func trust() throws {
        try write("prod", "/home/a")
        let file = try #require(try FolderFile(inFolder: root + "/home/a"))
        #expect(try store.approval(of: file) == .unknown)
        try store.trust(file)
        #expect(try store.approval(of: file) == .trusted)
        #expect(try store.entries().map(\.path) == [file.path])

        try write("# now another\nprod", "/home/a")
        let changed = try #require(try FolderFile(inFolder: root + "/home/a"))
        #expect(try store.approval(of: changed) == .changed)

        try write("prod", "/home/a/b")
        let elsewhere = try #require(try FolderFile(inFolder: root + "/home/a/b"))
        #expect(try store.approval(of: elsewhere) == .unknown)

        #expect(try store.distrust(file.path))
        #expect(try store.approval(of: file) == .unknown)
        #expect(try !store.distrust(file.path))
        #expect(try store.entries() == [])
    }

    @Test("a record that warder did not write approves nothing")
    func forged() throws {
        try write("prod", "/home/a")
        let file = try #require(try FolderFile(inFolder: root + "/home/a"))
        try store.trust(file)
        let folder = root + "/data/trusted"
        let record =
            folder + "/"
            + (try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.count == 64 }))
        let whole = try #require(FileManager.default.contents(atPath: record))
        #expect(try store.approval(of: file) == .trusted)
        for forged in [Data(), whole.dropLast(), whole.dropFirst(), Data("x".utf8) + whole.dropFirst()] {
            try forged.write(to: URL(fileURLWithPath: record))
            #expect(try store.approval(of: file) == .unknown)
        }
        try whole.write(to: URL(fileURLWithPath: record))
        chmod(record, 0o666)
        #expect(throws: FolderError.store(.exposed(path: record, mode: 0o666))) { try self.store.approval(of: file) }
    }
}
