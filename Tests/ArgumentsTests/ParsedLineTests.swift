import Arguments
import Testing

@Suite("Command lines")
struct ParsedLineTests {
    @Test func operandsAreGivenTheirNames() {
        let line = line("copy", "a", "b", "c", "", "-")
        #expect(line.names == ["copy"] && line.problem == nil && line.wish == .run)
        #expect(line.given[Copy.from] == "a" && line.given[Copy.to] == "b")
        #expect(line.given[Copy.others] == ["c", "", "-"])
    }

    @Test func whatIsNotGivenIsNil() {
        let given = line("copy", "a").given
        #expect(given[Copy.to] == nil && given[Copy.others].isEmpty && !given[Copy.force])
        #expect(given[Copy.mode] == nil && given[Copy.links] == nil)
    }

    /// As getopt_long(3) has them: before and after operands, with a blank or `=`.
    @Test(arguments: [
        ["copy", "--force", "--mode", "fast", "a"], ["copy", "a", "--force", "--mode=fast"],
        ["copy", "--mode", "safe", "a", "--mode", "fast", "--force", "--force"],
    ])
    func optionsStandAnywhere(_ words: [String]) {
        let line = line(words)
        #expect(line.problem == nil)
        #expect(line.given[Copy.force] && line.given[Copy.mode] == "fast" && line.given[Copy.from] == "a")
    }

    @Test(arguments: [
        (["--note", "-1"], "-1"), (["--note", "-"], "-"), (["--note="], ""), (["--note", ""], ""),
        (["--note=a=b"], "a=b"), (["--note=--force"], "--force"), (["--note", "--unknown"], "--unknown"),
        (["--note=\u{301}x"], "\u{301}x"),
    ])
    func valuesAreTakenAsTheyAre(_ words: [String], _ value: String) {
        let line = line(["copy", "a"] + words)
        #expect(line.problem == nil)
        #expect(line.given[Copy.note].map { Array($0.utf8) } == Array(value.utf8))
    }

    @Test func aPairIsOnOrOff() {
        #expect(line("copy", "a", "--links").given[Copy.links] == true)
        #expect(line("copy", "a", "--no-links").given[Copy.links] == false)
        #expect(line("copy", "a", "--links", "--no-links").given[Copy.links] == false)
        #expect(line("copy", "--no-links", "a", "--links").given[Copy.links] == true)
    }

    @Test func optionsEndAtTwoDashes() {
        let line = line("copy", "--", "--force", "-x", "--")
        #expect(line.problem == nil && !line.given[Copy.force])
        #expect(line.given[Copy.from] == "--force" && line.given[Copy.to] == "-x")
        #expect(line.given[Copy.others] == ["--"])
        #expect(line.given.operandsBeforeTerminator == 0)
    }

    @Test func aGroupStandsForItsUsualCommand() {
        #expect(line("box").names == ["box", "show"])
        #expect(line("box", "--all").given[Show.all])
        #expect(line("box", "--help").names == ["box"])
    }

    @Test func wordsWithDashesMayBeWords() {
        let line = line("box", "plain", "-x", "--", "--help")
        #expect(line.problem == nil && line.wish == .run)
        #expect(line.given[Plain.words] == ["-x", "--", "--help"])
    }

    @Test(
        arguments: [
            (["cop"], .unknownCommand("cop")), (["box", "x"], .unknownCommand("x")), ([""], .unknownCommand("")),
            (["help", "cop"], .unknownCommand("cop")), (["box", "help", "x"], .unknownCommand("x")),
            (["copy", "a", "--forc"], .unknownOption("--forc", near: "--force")),
            (["copy", "a", "--far-off"], .unknownOption("--far-off", near: nil)),
            (["copy", "a", "--forc=1"], .unknownOption("--forc", near: "--force")),
            // Not abbreviated, and what is hidden is not offered.
            (["copy", "a", "--m", "fast"], .unknownOption("--m", near: nil)),
            (["copy", "a", "--secre"], .unknownOption("--secre", near: nil)),
            (["copy", "a", "-f"], .unknownOption("-f", near: nil)),
            (["copy", "a", "--no-link"], .unknownOption("--no-link", near: "--no-links")),
            (["--force"], .unknownOption("--force", near: nil)),
            (["copy", "a", "--mode"], .missingValue("--mode <mode>")),
            (["copy", "a", "--mode", "--force"], .missingValue("--mode <mode>")),
            (["copy", "a", "--note", "--mode=fast"], .missingValue("--note <note>")),
            (["copy", "a", "--note", "--"], .missingValue("--note <note>")),
            (["copy", "--force=yes", "a"], .unwantedValue("--force")),
            (["copy", "a", "--mode", "slow"], .unusableValue("slow", of: "--mode <mode>", words: ["fast", "safe"])),
            (["copy", "a", "--depth", "10"], .unusableValue("10", of: "--depth <levels>", words: [])),
            (["copy", "a", "--depth", "1x"], .unusableValue("1x", of: "--depth <levels>", words: [])),
            (["copy"], .missingOperand("<from>")), (["copy", "--force", "--"], .missingOperand("<from>")),
            (["box", "move"], .missingOperand("--to <to>")),
            (["box", "show", "a", "b"], .surplusOperands(["a", "b"])),
            // The first of several.
            (["copy", "--force=1", "--bogus"], .unwantedValue("--force")),
        ] as [([String], UsageError)])
    func areRefused(_ words: [String], _ problem: UsageError) {
        let line = line(words)
        #expect(line.problem == problem)
        #expect(line.wish == .run)
    }

    /// What is given besides decides how the problem is reported.
    @Test func readingGoesOnAfterAProblem() {
        let line = line("copy", "--bogus", "a", "--mode", "fast", "--note")
        #expect(line.problem == .unknownOption("--bogus", near: nil))
        #expect(line.given[Copy.mode] == "fast" && line.given.mentions(Copy.note) && !line.given.mentions(Copy.depth))
    }

    @Test(arguments: [
        ["--help"], ["-h"], ["copy", "--help"], ["copy", "-h", "--bogus"], ["copy", "--bogus", "--help"], ["help"],
        ["help", "copy"], ["box", "x", "--help"], ["run", "--help"], [], ["copy", "--version", "--help"],
    ])
    func helpWins(_ words: [String]) { #expect(line(words).wish == .help) }

    @Test(arguments: [["--version"], ["-V"], ["copy", "-V"], ["box", "--version"]])
    func versions(_ words: [String]) { #expect(line(words).wish == .version) }
}

/// As env(1) and sudo(8) have it, what stands behind the command's own word is the command's.
@Suite("Command lines with a program in them")
struct ProgramWordsTests {
    @Test(arguments: [
        (["prod", "echo", "-n", "x"], ["echo", "-n", "x"]),
        (["prod", "printf", "%s", "--help"], ["printf", "%s", "--help"]),
        (["prod", "--", "echo", "--", "x"], ["echo", "--", "x"]), (["prod", "echo", "--", "x"], ["echo", "--", "x"]),
        (["--", "prod", "echo", "--wait"], ["echo", "--wait"]), (["prod", "echo", ""], ["echo", ""]),
        (["prod", "a b", "*"], ["a b", "*"]), (["prod", "--", "-weird", "-x"], ["-weird", "-x"]),
        (["prod", "-"], ["-"]),
        (["prod"], []), (["--", "prod"], []), (["prod", "", "x"], ["", "x"]),
    ])
    func belongToIt(_ words: [String], _ program: [String]) {
        let line = line(["run"] + words)
        #expect(line.problem == nil)
        #expect(line.given[Run.place] == "prod" && line.given[Run.program] == program)
        #expect(!line.given[Run.quiet] && line.given[Run.wait] == nil)
    }

    @Test(arguments: [
        ["--wait", "5m", "prod", "echo", "--quiet"], ["prod", "--wait", "5m", "echo", "--quiet"],
        ["prod", "--wait=5m", "--", "echo", "--quiet"], ["--wait", "5m", "--", "prod", "echo", "--quiet"],
    ])
    func optionsStandBeforeIt(_ words: [String]) {
        let given = line(["run"] + words).given
        #expect(given[Run.wait] == "5m" && !given[Run.quiet] && given[Run.program] == ["echo", "--quiet"])
    }

    @Test(
        arguments: [
            (["prod", "--"], .missingProgram), ([], .missingOperand("<place>")), (["--"], .missingOperand("<place>")),
            (["--", "--", "true"], .unusableOperand("--", of: "<place>")),
            (["--", "-x"], .unusableOperand("-x", of: "<place>")), (["-"], .unusableOperand("-", of: "<place>")),
            (["prod", "-weird"], .unknownOption("-weird", near: nil)), (["--wait"], .missingValue("--wait <wait>")),
        ] as [([String], UsageError)])
    func areRefused(_ words: [String], _ problem: UsageError) { #expect(line(["run"] + words).problem == problem) }

    @Test(arguments: [
        (["--", "ls"], 0), (["prod", "--", "ls"], 1), (["prod", "ls", "--", "x"], nil), (["prod"], nil),
    ])
    func saysWhatStoodBeforeTwoDashes(_ words: [String], _ count: Int?) {
        #expect(line(["run"] + words).given.operandsBeforeTerminator == count)
    }
}
