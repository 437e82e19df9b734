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
