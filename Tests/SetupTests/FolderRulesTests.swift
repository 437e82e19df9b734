import Failures
import Folders
import Linux
import RoomSupport
import Testing

@testable import Setup

@Suite("Setup: the profile of a folder")
struct FolderRulesTests {
    private func rules(_ home: TestHome) throws -> FolderRules {
        try home.write("[profile dev]\nregion = eu-west-1\n", to: ".aws/config")
        return FolderRules(try home.context())
    }

    @Test("a folder's own rules it, then the nearest above, and none past the home folder")
    func ruling() throws {
        let home = try TestHome()
        let rules = try rules(home)
        try home.makeFolder("project/app/src")
        #expect(try rules.ruling(in: home.path + "/project/app/src") == nil)
        try home.write("outer\n", to: "project/.warder")
        #expect(try rules.ruling(in: home.path + "/project/app/src")?.profile == "outer")
        try home.write("dev\n", to: "project/app/.warder")
        let ruling = try rules.ruling(in: home.path + "/project/app/src")
        #expect(ruling?.profile == "dev" && ruling?.path == home.path + "/project/app/.warder")
    }

    @Test("one is meant by its folder or by itself")
    func byEitherPath() throws {
        let home = try TestHome()
        let rules = try rules(home)
        try home.write("dev\n", to: "project/.warder")
        for path in ["/project", "/project/", "/project/.warder"] {
            #expect(try rules.file(at: home.path + path)?.profile == "dev")
        }
        try home.makeFolder("empty")
        #expect(try rules.file(at: home.path + "/empty") == nil)
        let failure = #expect(throws: Failure.self) { try rules.file(at: home.path + "/nowhere") }
        #expect(failure?.message.contains("/nowhere") == true)
    }

    @Test("the path of one that is gone is still known")
    func location() throws {
        let home = try TestHome()
        let rules = try rules(home)
        try home.makeFolder("project")
        for path in ["/project", "/project/.warder", "/project//"] {
            #expect(try rules.location(home.path + path) == home.path + "/project/.warder")
        }
        #expect(try rules.location(home.path + "/gone") == home.path + "/gone/.warder")
        #expect(try rules.location(home.path + "/gone//") == home.path + "/gone/.warder")
        #expect(try rules.location("/") == "/.warder")
        try home.link("alias", to: home.path + "/project")
        #expect(try rules.location(home.path + "/alias") == home.path + "/project/.warder")
    }

    @Test("the profile that it asks for must be there")
    func check() throws {
        let home = try TestHome()
        let rules = try rules(home)
        try home.write("dev\n", to: "good/.warder")
        try home.write("prod\n", to: "bad/.warder")
        let good = try #require(try rules.file(at: home.path + "/good"))
        try rules.check(good)
        let bad = try #require(try rules.file(at: home.path + "/bad"))
        let failure = #expect(throws: Failure.self) { try rules.check(bad) }
        #expect(failure?.code == .notFound)
        #expect(failure?.message == "~/bad/.warder asks for profile prod, and there is none")
        #expect(failure?.hint == "add it to ~/.aws/config, or change the file")
    }

    @Test("what it holds is trusted until it changes")
    func trust() throws {
        let home = try TestHome()
        let rules = try rules(home)
        try home.write("dev\n", to: "project/.warder")
        func approval() throws -> TrustStore.Approval {
            let file = try #require(try rules.file(at: home.path + "/project"))
            return try rules.store { (store) throws(FolderError) in try store.approval(of: file) }
        }
        #expect(try approval() == .unknown)
        let file = try #require(try rules.file(at: home.path + "/project"))
        try rules.store { (store) throws(FolderError) in try store.trust(file) }
        #expect(try approval() == .trusted)
        try home.write("prod\n", to: "project/.warder")
        #expect(try approval() == .changed)
        let gone = try rules.store { (store) throws(FolderError) in try store.distrust(home.path + "/project/.warder") }
        #expect(gone)
        #expect(try approval() == .unknown)
    }

    @Test("who is not trusted is told what it asks for", arguments: [true, false])
    func untrusted(hasChanged: Bool) throws {
        let home = try TestHome()
        let rules = try rules(home)
        try home.write("dev\n", to: "project/.warder")
        let file = try #require(try rules.file(at: home.path + "/project"))
        let failure = rules.untrusted(file, hasChanged: hasChanged)
        let what = hasChanged ? "has changed since it was trusted" : "is not trusted"
        #expect(failure.code == .locked && failure.hint == "run warder trust")
        #expect(failure.message == "~/project/.warder \(what): it asks for profile dev")
    }

    @Test("the home folder is written as ~, and only that")
    func shown() throws {
        let home = try TestHome()
        let rules = try rules(home)
        #expect(rules.shown(home.path + "/a/.warder") == "~/a/.warder")
        #expect(rules.shown(home.path + "a/.warder") == home.path + "a/.warder")
        #expect(rules.shown(home.path) == "~")
        let atRoot = FolderRules(try home.context(["HOME": "/"]))
        #expect(atRoot.shown("/a/.warder") == "/a/.warder")
    }

    @Test("what holds no name of a profile is refused with its path")
    func wrong() throws {
        let home = try TestHome()
        let rules = try rules(home)
        try home.write("dev\nprod\n", to: "project/.warder")
        let failure = #expect(throws: Failure.self) { try rules.ruling(in: home.path + "/project") }
        #expect(failure?.code == .badConfig)
        #expect(failure?.message == "\(home.path)/project/.warder does not hold one name of a profile")
    }
}
