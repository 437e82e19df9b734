import Foundation
import Glibc
import Linux
import Secrets
import Testing

/// How a file comes to be one that others can have written, or none.
struct Flaw: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (_ top: String) throws -> Void
    let error: @Sendable (_ top: String) -> RootsFileError

    var testDescription: String { name }
}

@Suite("A file that one user alone can have written")
struct RootsFileTests {
    private let scratch: Scratch
    private let file: RootsFile

    init() throws {
        scratch = try Scratch()
        mkdir(scratch.path + "/warder", 0o755)
        file = RootsFile(scratch.path + "/warder/config", owner: geteuid(), below: scratch.path)
        _ = try scratch.write("warder/config", "the text", mode: 0o644)
    }

    private func read(_ file: RootsFile? = nil, limit: Int = 100) throws -> String? {
        switch try (file ?? self.file).read(limit: limit) {
        case .some(let found): text(found)
        case .none: nil
        }
    }

    @Test("its text; nil without it, or without its folder")
    func present() throws {
        #expect(try read() == "the text")
        unlink(file.path)
        #expect(try read() == nil)
        rmdir(scratch.path + "/warder")
        #expect(try read() == nil)
    }

    @Test("its size is limited")
    func limited() throws {
        #expect(try read(limit: 8) == "the text")
        #expect(throws: RootsFileError.tooLarge(path: file.path, limit: 7)) { try read(limit: 7) }
    }

    @Test("links are followed, each step of them checked")
    func links() throws {
        let top = scratch.path
        mkdir(top + "/real", 0o755)
        rename(file.path, top + "/real/rules")
        symlink("../near/./link", file.path)
        mkdir(top + "/near", 0o755)
        symlink("..//real/rules", top + "/near/link")
        #expect(try read() == "the text")
        chmod(top + "/real", 0o777)
        #expect(throws: RootsFileError.writable(path: top + "/real", mode: 0o777)) { try read() }
    }

    @Test("whoever does not own it cannot have it used")
    func foreign() throws {
        let other = RootsFile(file.path, owner: geteuid() + 1, below: scratch.path)
        #expect(throws: RootsFileError.foreign(path: scratch.path, owner: geteuid())) { try read(other) }
    }

    static let flaws: [Flaw] = [
        Flaw(name: "writable by the group", make: { chmod($0 + "/warder/config", 0o664) }) {
            .writable(path: $0 + "/warder/config", mode: 0o664)
        },
        Flaw(name: "writable by all", make: { chmod($0 + "/warder/config", 0o602) }) {
            .writable(path: $0 + "/warder/config", mode: 0o602)
        },
        Flaw(name: "a folder with the sticky bit", make: { chmod($0 + "/warder", 0o1777) }) {
            .writable(path: $0 + "/warder", mode: 0o1777)
        },
        Flaw(name: "the top", make: { chmod($0, 0o720) }) { .writable(path: $0, mode: 0o720) },
        Flaw(
            name: "a pipe",
            make: {
                unlink($0 + "/warder/config")
                mkfifo($0 + "/warder/config", 0o644)
            }
        ) { .notAFile(path: $0 + "/warder/config") },
        Flaw(
            name: "a folder",
            make: {
                unlink($0 + "/warder/config")
                mkdir($0 + "/warder/config", 0o755)
            }
        ) { .notAFile(path: $0 + "/warder/config") },
        Flaw(
            name: "a link to nothing",
            make: {
                unlink($0 + "/warder/config")
                symlink("gone", $0 + "/warder/config")
            }
        ) { .brokenLink(path: $0 + "/warder/config", target: "gone") },
        Flaw(
            name: "a circle",
            make: {
                unlink($0 + "/warder/config")
                symlink("other", $0 + "/warder/config")
                symlink("config", $0 + "/warder/other")
            }
        ) { .brokenLink(path: $0 + "/warder/config", target: "other") },
        Flaw(
            name: "a folder that is a link to nothing",
            make: {
                unlink($0 + "/warder/config")
                rmdir($0 + "/warder")
                symlink("gone", $0 + "/warder")
            }
        ) { .brokenLink(path: $0 + "/warder", target: "gone") },
        Flaw(
            name: "a plain file in place of its folder",
            make: {
                unlink($0 + "/warder/config")
                rmdir($0 + "/warder")
                close(creat($0 + "/warder", 0o644))
            }
        ) { .notAFile(path: $0 + "/warder") },
    ]

    @Test(arguments: flaws)
    func refused(_ flaw: Flaw) throws {
        try flaw.make(scratch.path)
        #expect(throws: flaw.error(scratch.path)) { try read() }
    }
}
