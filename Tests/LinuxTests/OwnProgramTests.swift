import Foundation
import Linux
import Testing

@Suite("A program's own path")
struct OwnProgramTests {
    let scratch: Scratch
    init() throws {
        scratch = try Scratch()
        for folder in ["bin", "store", "other"] { mkdir(scratch.path + "/" + folder, 0o700) }
    }

    private func file(_ name: String) throws -> String { try scratch.write(name, "", mode: 0o700) }

    private func link(_ name: String, to path: String) -> String {
        symlink(path, scratch.path + "/" + name)
        return scratch.path + "/" + name
    }

    private func own(_ executable: String) -> OwnProgram {
        OwnProgram(executable, searchPath: "\(scratch.path)/other::relative:\(scratch.path)/bin")
    }

    @Test("what it was called by stays, if that leads to it", arguments: ["bin/warder", "warder"])
    func links(word: String) throws {
        let real = try file("store/warder-0.1")
        let stable = link("bin/warder", to: real)
        let called = word == "warder" ? word : stable
        #expect(own(real).path(named: "warder", calledBy: called) == stable)
        #expect(own(real).path(named: "warder", calledBy: real) == stable)
    }

    @Test("another program of its name is not it")
    func others() throws {
        let real = try file("store/warder")
        let other = try file("bin/warder")
        #expect(own(real).path(named: "warder", calledBy: other) == real)
        #expect(!own(real).isRun(by: other) && !own(real).isRun(by: "warder"))
    }

    @Test("the program that Nix wraps around it is")
    func wrapped() throws {
        let real = try file("store/.warder-wrapped")
        _ = try file("store/warder")
        let profile = link("bin/warder", to: "../store/warder")
        #expect(own(real).path(named: "warder", calledBy: "warder") == profile)
        #expect(own(real).path(named: "warder", calledBy: real) == profile)
    }

    @Test("a path with detours is made one without")
    func detours() throws {
        let real = try file("bin/warder")
        #expect(own(real).path(named: "warder", calledBy: scratch.path + "/store/../bin/./warder") == real)
    }

    @Test("under another name it is itself, and has no other path")
    func renamed() throws {
        let real = try file("store/warder-0.1")
        #expect(own(real).path(named: "warder", calledBy: real) == real)
        #expect(own(real).isRun(by: real) && own(real).isRun(by: link("bin/w", to: real)) && own(real).isRun(by: "w"))
        #expect(!own(real).isRun(by: "sh") && !own(real).isRun(by: "/nowhere") && !own(real).isRun(by: ""))
    }
}
