import Failures
import Foundation
import Linux
import RoomSupport
import Testing

@testable import Setup

@Suite("Setup: that a profile is not there, where files are named")
struct FilesNamedTests {
    private let missing = Failure(.notFound, "there is no profile p", hint: "run warder list")

    private func said(_ home: TestHome, _ variables: [String: String], _ failure: Failure? = nil) throws -> Failure {
        (failure ?? missing).lookedIn(try home.context(variables))
    }

    @Test("where no variable names a file, nothing is added")
    func none() throws {
        let home = try TestHome()
        #expect(try said(home, [:]).hint == missing.hint)
        #expect(try said(home, ["AWS_CONFIG_FILE": ""]).hint == missing.hint)
    }

    @Test("a config that is named is where to add it, or is itself what is wrong")
    func config() throws {
        let home = try TestHome()
        let failure = try said(home, ["AWS_CONFIG_FILE": "~/c onf"])
        #expect(failure.message == missing.message)
        #expect(
            failure.hint == "AWS_CONFIG_FILE names '\(home.path)/c onf', which is not there: correct it, or unset it")
        try home.write("", to: "c onf")
        #expect(
            try said(home, ["AWS_CONFIG_FILE": "~/c onf"]).hint
                == "AWS_CONFIG_FILE names '\(home.path)/c onf': add it there, or unset the variable")
    }

    @Test("credentials that are named are told beside the rest")
    func credentials() throws {
        let home = try TestHome()
        let variables = ["AWS_SHARED_CREDENTIALS_FILE": home.path + "/k"]
        let names = "run warder list; AWS_SHARED_CREDENTIALS_FILE names \(home.path)/k"
        #expect(try said(home, variables).hint == names + ", which is not there")
        try home.write("", to: "k")
        #expect(try said(home, variables).hint == names)
    }

    @Test("a config that is a link to nothing is what is wrong, with what its end lacks")
    func brokenLink() throws {
        let home = try TestHome()
        try home.remove(".aws/config")
        try home.link(".aws/config", to: "/nowhere/at all/config")
        let config = home.path + "/.aws/config"
        let failure = try said(home, [:])
        #expect(failure.code == .notFound)
        #expect(
            failure.message
                == "there is no profile p: \(config) is a link to /nowhere/at all/config, which is not there")
        #expect(failure.hint == "mkdir -p '/nowhere/at all' or mount what it is on, or fix the link")
        try home.link("second", to: home.path + "/gone")
        let second = try said(home, ["AWS_CONFIG_FILE": home.path + "/second"])
        #expect(second.hint == "put the file there, or fix the link: ls -l \(home.path)/second")
    }

    @Test("while locked, only a broken link is worth a word")
    func locked() throws {
        let home = try TestHome()
        let locked = Failure(.locked, "the vault is locked", hint: "run warder unlock")
        #expect(try said(home, ["AWS_CONFIG_FILE": "/nowhere"], locked).hint == locked.hint)
        try home.remove(".aws/config")
        try home.link(".aws/config", to: home.path + "/gone")
        #expect(try said(home, [:], locked).message.contains("is a link to \(home.path)/gone"))
    }

    @Test("other failures stay as they are")
    func others() throws {
        let home = try TestHome()
        try home.remove(".aws/config")
        try home.link(".aws/config", to: home.path + "/gone")
        let other = Failure(.network, "STS does not answer", hint: "see the network")
        let failure = try said(home, ["AWS_CONFIG_FILE": "/nowhere"], other)
        #expect(failure.message == other.message && failure.hint == other.hint)
    }
}
