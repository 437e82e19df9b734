import Failures
import Shells
import Testing

@testable import warder

@Suite("What is answered without a parser")
struct RequestTests {
    @Test(arguments: [
        (["process", "prod"], "prod", nil, false), (["process", "--no-prompt", "prod"], "prod", nil, true),
        (["process", "prod", "--no-prompt"], "prod", nil, true),
        (["process", "prod", "--mfa-code", "123456"], "prod", "123456", false),
        (["process", "--mfa-code", "123456", "--no-prompt", "prod"], "prod", "123456", true),
        (["process", "--mfa-code", "-1", "prod"], "prod", "-1", false), (["process", ""], "", nil, false),
    ])
    func isAProcess(_ words: [String], _ profile: String, _ code: String?, _ noPrompt: Bool) throws {
        let request = try #require(ProcessRequest(words))
        #expect(request.profile == profile && request.code == code && request.noPrompt == noPrompt)
    }

    /// These go to the parser, which says what is wrong or knows the option.
    @Test(arguments: [
        [], ["process"], ["process", "--help"], ["process", "-h"], ["process", "a", "b"],
        ["process", "prod", "--bogus"],
        ["process", "prod", "--mfa-code"], ["process", "--", "prod"], ["process", "--read-only", "prod"],
        ["process", "--mfa-code=123456", "prod"], ["list"], ["proces", "prod"], ["", "process", "prod"],
    ])
    func needsACloserLook(_ words: [String]) {
        #expect(ProcessRequest(words) == nil)
    }

    @Test(arguments: [
        (["names", "profiles"], "profiles", ""), (["names", "keys"], "keys", ""),
        (["names", "profiles", "al"], "profiles", "al"), (["names", "keys", "-"], "keys", "-"),
        (["names", "keys", ""], "keys", ""),
    ])
    func namesAreTold(_ words: [String], _ kind: String, _ prefix: String) throws {
        let request = try #require(try NamesRequest(words))
        #expect(request.kind.rawValue == kind && request.prefix == prefix)
    }

    @Test(arguments: [["names"], ["names", "others"], ["names", "profiles", "a", "b"], ["names", "--help"]])
    func namesOfNothingAreRefused(_ words: [String]) {
        do throws(Failure) {
            _ = try NamesRequest(words)
            Issue.record("\(words) were taken")
        } catch {
            #expect(error.code == .usage && error.hint == "warder names profiles al")
        }
    }

    @Test func otherCommandsAreNoNames() throws {
        #expect(try NamesRequest([]) == nil)
        #expect(try NamesRequest(["list"]) == nil)
        #expect(try NamesRequest(["name", "profiles"]) == nil)
    }

    /// What is evaluated fails, though its arguments cannot be read.
    @Test(arguments: [
        (["env", "--shell", "fish", "--bogus"], "fish"), (["env", "--shell=fish"], "fish"),
        (["env", "--shell", "nu"], "nu"), (["env", "--shell=pwsh", "prod"], "pwsh"),
        (["use", "--shell", "bash", "--x"], "bash"), (["env", "--shell", "zsh"], "zsh"),
        (["env", "--shell", "sh"], "sh"), (["env", "--shell", "fish", "--shell=bash"], "bash"),
    ])
    func anEvalFails(_ words: [String], _ shell: String) throws {
        let shell = try #require(Shell.all.first { $0.name == shell })
        #expect(Env.failing(words) == shell.failing)
        #expect(!Env.failing(words).isEmpty)
    }

    @Test(arguments: [
        ["env", "--format", "json"], ["env", "--format=dotenv", "--shell", "bash"], ["env", "--format"],
    ])
    func whatIsReadByProgramsStaysEmpty(_ words: [String]) {
        #expect(Env.failing(words) == "")
    }
}
