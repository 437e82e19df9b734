import Failures
import Foundation
import Linux
import Profiles
import RoomSupport
import Secrets
import Testing

@testable import Setup

@Suite("Setup: changing the user's config")
struct ConfigRewriteTests {
    private func config(_ home: TestHome) throws -> ProfileFile? {
        try ProfileLoading(home.context()).profiles().config
    }

    @Test("a text takes the place of what was read, and keeps the file's mode")
    func replace() throws {
        let home = try TestHome()
        let path = home.path + "/.aws/config"
        try home.write("[profile p]\n", to: ".aws/config")
        try home.setMode(0o640, of: ".aws/config")
        let rewrite = try ConfigRewrite(home.context())
        try rewrite.replace(config(home), at: path, with: secret("[profile q]\n"))
        #expect(try home.read(".aws/config") == "[profile q]\n")
        #expect(try home.mode(of: ".aws/config") == 0o640)
    }

    @Test("a file that was not there is made, for its owner alone")
    func make() throws {
        let home = try TestHome()
        try home.remove(".aws")
        let path = home.path + "/.aws/config"
        let rewrite = try ConfigRewrite(home.context())
        try rewrite.replace(nil, at: path, with: secret("[profile q]\n"))
        #expect(try home.read(".aws/config") == "[profile q]\n")
        #expect(try home.mode(of: ".aws/config") == 0o600)
        #expect(try home.mode(of: ".aws") == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path + "/.aws") == ["config"])
    }

    @Test("what another program changed meanwhile stays", arguments: [true, false])
    func changedMeanwhile(wasThere: Bool) throws {
        let home = try TestHome()
        let path = home.path + "/.aws/config"
        if wasThere { try home.write("[profile p]\n", to: ".aws/config") } else { try home.remove(".aws/config") }
        let before = try config(home)
        let rewrite = try ConfigRewrite(home.context())
        try home.write("[profile other]\n", to: ".aws/config")
        let failure = #expect(throws: Failure.self) { try rewrite.replace(before, at: path, with: secret("x")) }
        #expect(failure?.code == .other)
        #expect(
            failure?.message == "\(path) was changed meanwhile by another program, and stays as that left it")
        #expect(try home.read(".aws/config") == "[profile other]\n")
    }

    @Test("of many at once, none undoes what another does")
    func many() throws {
        let home = try TestHome()
        let path = home.path + "/.aws/config"
        let errors = atOnce(12) { number in
            Result {
                let mine = try home.context()
                let rewrite = try ConfigRewrite(mine)
                let now = try ProfileLoading(mine).profiles().config
                let profile = try NewProfile(
                    name: "p\(number)", region: nil, mfaSerial: nil, program: "/usr/bin/warder")
                try rewrite.replace(now, at: path, with: profile.added(to: now))
            }
        }
        for error in errors { try error.get() }
        let names = Set(try home.read(".aws/config").split(separator: "\n").filter { $0.hasPrefix("[") })
        #expect(names == Set((0..<12).map { "[profile p\($0)]" }))
    }

    @Test("a link stays a link")
    func link() throws {
        let home = try TestHome()
        try home.write("[profile p]\n", to: "real")
        try home.remove(".aws/config")
        try home.link(".aws/config", to: home.path + "/real")
        let rewrite = try ConfigRewrite(home.context())
        try rewrite.replace(config(home), at: home.path + "/.aws/config", with: secret("[profile q]\n"))
        #expect(try home.read("real") == "[profile q]\n")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: home.path + "/.aws/config") == home.path + "/real"
        )
    }

    @Test("a link into a folder that is not there is told with what to do")
    func brokenLink() throws {
        let home = try TestHome()
        try home.remove(".aws/config")
        try home.link(".aws/config", to: home.path + "/gone/config")
        let rewrite = try ConfigRewrite(home.context())
        let path = home.path + "/.aws/config"
        let failure = #expect(throws: Failure.self) { try rewrite.replace(nil, at: path, with: secret("x")) }
        #expect(failure?.cause == .brokenLink && failure?.fault == "broken_link")
        #expect(failure?.hint == "mkdir -p \(home.path)/gone, then run the same command again")
    }
}
