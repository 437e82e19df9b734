import Failures
import Linux
import RoomSupport
import Testing

@testable import Setup

/// https://specifications.freedesktop.org/basedir-spec/latest/
@Suite("Setup: where files are")
struct PathsTests {
    private func paths(_ variables: [String: String]) throws(Failure) -> Paths {
        try Paths(Environment { variables[$0] })
    }

    @Test("without the XDG variables they are below the home folder")
    func home() throws {
        let paths = try paths(["HOME": "/home/alice"])
        #expect(paths.vault == "/home/alice/.local/share/warder/vault")
        #expect(paths.store == "/home/alice/.local/share/warder/store")
        #expect(paths.trusted == "/home/alice/.local/share/warder/trusted")
        #expect(paths.sessions == "/home/alice/.cache/warder/sessions")
        #expect(paths.state == "/home/alice/.local/state/warder")
        #expect(paths.settings == "/home/alice/.config/warder/config")
        #expect(paths.runtime == nil && paths.runtimeFolder == .none)
    }

    private static let all = [
        "XDG_DATA_HOME": "/x/data", "XDG_CACHE_HOME": "/x/cache", "XDG_STATE_HOME": "/x/state",
        "XDG_CONFIG_HOME": "/x/config",
    ]

    @Test("each XDG variable moves its own, and with all of them HOME is not needed")
    func variables() throws {
        let paths = try paths(Self.all)
        #expect(paths.vault == "/x/data/warder/vault" && paths.store == "/x/data/warder/store")
        #expect(paths.trusted == "/x/data/warder/trusted")
        #expect(paths.sessions == "/x/cache/warder/sessions")
        #expect(paths.state == "/x/state/warder")
        #expect(paths.settings == "/x/config/warder/config")
    }

    @Test("a relative or empty path in an XDG variable is ignored", arguments: ["", "data", "./data", "~/data"])
    func relative(value: String) throws {
        var variables = ["HOME": "/home/alice"]
        for name in Self.all.keys { variables[name] = value }
        let paths = try paths(variables)
        #expect(paths.vault == "/home/alice/.local/share/warder/vault")
        #expect(paths.sessions == "/home/alice/.cache/warder/sessions")
        #expect(paths.state == "/home/alice/.local/state/warder")
        #expect(paths.settings == "/home/alice/.config/warder/config")
    }

    @Test("where neither says, the variable to set is named", arguments: all.keys.sorted(), [nil, "", "home/alice"])
    func homeless(missing: String, home: String?) throws {
        var variables = Self.all
        variables[missing] = nil
        variables["HOME"] = home
        let failure = #expect(throws: Failure.self) { try paths(variables) }
        #expect(failure?.code == .other)
        #expect(
            failure?.message == "HOME is not set to an absolute path, and the password database has none either")
        #expect(failure?.hint == "set HOME, or \(missing)")
    }

    @Test("a runtime folder is used where it is the user's own, and not open to others")
    func runtime() throws {
        let home = try TestHome()
        try home.makeFolder("run")
        let path = home.path + "/run"
        func runtime(_ value: String) throws -> Paths { try paths(["HOME": home.path, "XDG_RUNTIME_DIR": value]) }
        #expect(try runtime(path).runtime == path)
        // One that is not there yet is made where it is used.
        #expect(try runtime(path + "/later").runtime == path + "/later")
        #expect(try runtime("run").runtime == nil)
        #expect(try runtime("").runtime == nil)
        try home.write("", to: "file")
        #expect(try runtime(home.path + "/file").runtime == nil)
        try home.setMode(0o770, of: "run")
        #expect(try runtime(path).runtimeFolder == .refused(path: path, .exposed(mode: 0o770)))
    }
}
