import Failures
import Foundation
import Linux
import RoomSupport
import Testing

@testable import Setup

@Suite("Setup: the files that profiles stand in")
struct ProfileLoadingTests {
    private func region(_ name: String, _ loading: ProfileLoading) throws -> String? {
        try loading.profiles().profile(name)?.setting("region")?.value
    }

    @Test("both files are read, and one that is not there is empty")
    func both() throws {
        let home = try TestHome()
        try home.remove(".aws")
        #expect(try ProfileLoading(home.context()).profiles().profile("p") == nil)
        try home.write("[profile p]\nregion = eu-west-1\n", to: ".aws/config")
        #expect(try region("p", ProfileLoading(home.context())) == "eu-west-1")
        try home.write("[q]\nregion = eu-west-2\n", to: ".aws/credentials")
        let loading = try ProfileLoading(home.context())
        #expect(try region("p", loading) == "eu-west-1")
        #expect(try region("q", loading) == "eu-west-2")
    }

    @Test("they are read once")
    func once() throws {
        let home = try TestHome()
        try home.write("[profile p]\nregion = eu-west-1\n", to: ".aws/config")
        let loading = try ProfileLoading(home.context())
        #expect(try region("p", loading) == "eu-west-1")
        try home.write("[profile p]\nregion = eu-west-2\n", to: ".aws/config")
        #expect(try region("p", loading) == "eu-west-1")
        #expect(try region("p", ProfileLoading(home.context())) == "eu-west-2")
    }

    @Test("the variables of the SDKs name other files")
    func elsewhere() throws {
        let home = try TestHome()
        try home.write("[profile p]\nregion = eu-west-1\n", to: "c")
        try home.write("[q]\nregion = eu-west-2\n", to: "k")
        let context = try home.context([
            "AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": home.path + "/k",
        ])
        let loading = ProfileLoading(context)
        #expect(try loading.configPath() == home.path + "/c")
        #expect(loading.paths == [home.path + "/c", home.path + "/k"])
        #expect(try region("p", loading) == "eu-west-1")
        #expect(try region("q", loading) == "eu-west-2")
    }

    @Test(
        "an error in a file is named with its line, and how a section of that file is headed",
        arguments: [
            (".aws/config", "region = x\n", 1, "a setting stands before the first section", "like [profile NAME]"),
            (".aws/credentials", "\nregion = x\n", 2, "a setting stands before the first section", "like [NAME]"),
            (".aws/config", "[profile p]\nregion\n", 2, "this line has no =", "as name = value"),
            (".aws/config", "[profile p\n", 1, "this section's head does not end with ]", "close it with ]"),
        ])
    func wrong(file: String, text: String, line: Int, message: String, hint: String) throws {
        let home = try TestHome()
        try home.write(text, to: file)
        let context = try home.context()
        let failure = #expect(throws: Failure.self) { try ProfileLoading(context).profiles() }
        #expect(failure?.code == .badConfig)
        #expect(failure?.message == "\(home.path)/\(file):\(line): \(message)")
        #expect(failure?.origin == "\(home.path)/\(file):\(line)")
        #expect(failure?.hint.contains(hint) == true)
    }

    @Test("a file in UTF-16 is told from a damaged one", arguments: [[0xff, 0xfe], [0xfe, 0xff]] as [[UInt8]])
    func utf16(mark: [UInt8]) throws {
        let home = try TestHome()
        let text = Array("[profile p]\n".utf8)
        let bytes = mark + text.flatMap { mark[0] == 0xff ? [$0, 0] : [0, $0] }
        try Data(bytes).write(to: URL(filePath: home.path + "/.aws/config"))
        let context = try home.context()
        let failure = #expect(throws: Failure.self) { try ProfileLoading(context).profiles() }
        #expect(
            failure?.code == .badConfig
                && failure?.message.hasSuffix("this file is in UTF-16, and every SDK reads UTF-8") == true)
        #expect(failure?.hint.contains("iconv -f UTF-16 -t UTF-8 \(home.path)/.aws/config") == true)
    }

    @Test("a folder in a file's place is not taken for none", arguments: [".aws/config", ".aws/credentials"])
    func folder(file: String) throws {
        let home = try TestHome()
        try home.remove(file)
        try home.makeFolder(file)
        let context = try home.context()
        let failure = #expect(throws: Failure.self) { try ProfileLoading(context).profiles() }
        let what = file == ".aws/config" ? "the config file" : "the credentials file"
        #expect(failure?.message.hasPrefix(what) == true && failure?.message.contains(home.path + "/" + file) == true)
    }
}

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
        #expect(failure.hint == "mkdir -p '/nowhere/at all' or mount what it is on, or mend the link")
        try home.link("second", to: home.path + "/gone")
        let second = try said(home, ["AWS_CONFIG_FILE": home.path + "/second"])
        #expect(second.hint == "put the file there, or mend the link: ls -l \(home.path)/second")
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
