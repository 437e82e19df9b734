import Foundation
import Linux
import Testing

@Suite("Which runtime folder is of use")
struct RuntimeFolderTests {
    private let path = NSTemporaryDirectory() + "warder-runtime-" + UUID().uuidString.prefix(8)

    init() { mkdir(path, 0o700) }

    private func with(mode: mode_t) -> RuntimeFolder {
        chmod(path, mode)
        defer { rmdir(path) }
        return RuntimeFolder(path)
    }

    @Test("none", arguments: [nil, "", "relative", "./x"] as [String?])
    func none(_ value: String?) {
        #expect(RuntimeFolder(value) == .none && RuntimeFolder(value).path == nil)
        rmdir(path)
    }

    @Test("the user's own, closed to the writing of others", arguments: [0o700, 0o755, 0o500] as [mode_t])
    func own(_ mode: mode_t) { #expect(with(mode: mode) == .own(path: path)) }

    @Test("one that others can put files into", arguments: [0o777, 0o770, 0o702] as [mode_t])
    func exposed(_ mode: mode_t) { #expect(with(mode: mode) == .refused(path: path, .exposed(mode: UInt32(mode)))) }

    @Test("one that others can put files into, and take no others' away")
    func sticky() { #expect(with(mode: 0o1777) == .own(path: path)) }

    @Test("what is no folder")
    func file() {
        rmdir(path)
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        defer { unlink(path) }
        #expect(RuntimeFolder(path) == .refused(path: path, .notAFolder))
    }

    @Test("one that is yet to be made")
    func absent() {
        rmdir(path)
        #expect(RuntimeFolder(path) == .own(path: path))
    }

    @Test("one of another user", .enabled(if: geteuid() == 0))
    func foreign() {
        chown(path, 4711, 4711)
        #expect(with(mode: 0o700) == .refused(path: path, .foreign(owner: 4711)))
    }
}

@Suite("What sudo has left to root")
struct OwnershipTests {
    @Test("is nothing to root")
    func root() { if geteuid() == 0 { #expect(rootsPart(of: "/root/.cache/warder") == nil) } }

    @Test("is not what was never the user's", .enabled(if: geteuid() != 0))
    func others() { #expect(rootsPart(of: "/etc/passwd") == nil && rootsPart(of: "etc") == nil) }

    @Test("the user has a name, or a number")
    func name() { #expect(!userName().isEmpty) }
}
