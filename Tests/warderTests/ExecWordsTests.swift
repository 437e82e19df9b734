import ArgumentParser
import Failures
import Testing

@testable import warder

@Suite("The words of exec")
struct ExecWordsTests {
    /// As env(1) and sudo(8) have it, what stands behind the command's own word is the command's.
    @Test(arguments: [
        (["prod", "echo", "-n", "x"], ["prod", "--", "echo", "-n", "x"]),
        (["prod", "printf", "%s", "--help"], ["prod", "--", "printf", "%s", "--help"]),
        (["prod", "--", "echo", "--", "x"], ["prod", "--", "echo", "--", "x"]),
        (["prod", "echo", "--", "x"], ["prod", "--", "echo", "--", "x"]),
        (["--", "prod", "echo", "--min-ttl"], ["prod", "--", "echo", "--min-ttl"]),
        (["--min-ttl", "5m", "prod", "echo", "--serve"], ["--min-ttl", "5m", "prod", "--", "echo", "--serve"]),
        (["prod", "--min-ttl", "5m", "echo", "x"], ["--min-ttl", "5m", "prod", "--", "echo", "x"]),
        (["prod", "--min-ttl=5m", "--", "echo", "x"], ["--min-ttl=5m", "prod", "--", "echo", "x"]),
        (["prod", "--no-prompt", "echo", "--no-prompt"], ["--no-prompt", "prod", "--", "echo", "--no-prompt"]),
        (["prod", "echo", ""], ["prod", "--", "echo", ""]), (["prod", "a b", "*"], ["prod", "--", "a b", "*"]),
        (["prod", "--", "-weird", "-x"], ["prod", "--", "-weird", "-x"]), (["prod", "-weird"], ["-weird", "prod"]),
        (["prod", "-"], ["prod", "--", "-"]), (["prod"], ["prod"]), ([], []), (["--"], ["--"]),
        (["--help"], ["--help"]), (["--min-ttl"], ["--min-ttl"]),
    ])
    func areOrdered(_ words: [String], _ ordered: [String]) throws {
        #expect(try ExecWords.ordered(words) == ordered)
    }

    @Test(arguments: [
        (["prod", "--"], "there is no command behind --"), (["--", "--", "true"], "-- is not a profile"),
        (["--", "-x"], "-x is not a profile"), (["-"], "- is not a profile"),
    ])
    func areRefused(_ words: [String], _ message: String) {
        do throws(Failure) {
            _ = try ExecWords.ordered(words)
            Issue.record("\(words) were taken")
        } catch {
            #expect(error.code == .usage && error.message == message)
            #expect(error.hint.hasPrefix("warder exec PROFILE"))
        }
    }

    @Test(arguments: [[], ["--"], ["prod", "--"], ["--", "--", "true"], ["--min-ttl"], ["prod", "--bogus"]])
    func areNoCommandLine(_ words: [String]) {
        #expect(refusal(["exec"] + words)?.code == .usage)
    }

    @Test func reachTheCommandAsTheyAre() throws {
        let words = [
            "exec", "--min-ttl", "5m", "prod", "--serve", "printf", "%s|", "a b", "*", "$HOME", "\\", "--help",
        ]
        let exec = try #require(try parsed(words) as? Exec)
        #expect(exec.profile == "prod" && exec.minimum == "5m" && exec.serve)
        #expect(exec.command == ["printf", "%s|", "a b", "*", "$HOME", "\\", "--help"])
    }

    /// Else the value of an option would be taken for the command.
    @Test func eachOptionWithAValueIsKnownToHaveOne() {
        let options = Set(
            help(Exec.self).components(separatedBy: "\n").compactMap { line -> String? in
                let words = line.split(separator: " ").prefix(2).map(String.init)
                return line.hasPrefix("  --") && words.count == 2 && words[1].hasPrefix("<") ? words[0] : nil
            })
        #expect(options == ExecWords.withValue)
        #expect(options.contains("--min-ttl"))
    }

    /// No profile stands before `--`, but one could be meant, or what stands there is none of a command's.
    @Test(arguments: [
        ["prod", "--", "true"], ["--no-prompt", "prod", "--", "true"], ["--min-ttl", "5m", "prod", "--", "true"],
        ["--"], ["--", "/no/such/program"], ["--", "/etc/passwd"], [], ["prod"],
    ])
    func aCommandIsRefusedOnlyWhereItStandsAlone(_ words: [String]) throws {
        try ExecWords.refuseCommandAlone(words)
    }
}
