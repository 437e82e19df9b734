import Diagnosing
import Testing

@Suite struct DiagnosisTests {
    private func finding(_ code: String, _ gravity: Finding.Gravity, _ remedy: Remedy = .run("true")) -> Finding {
        Finding(code, gravity, at: "/home/a/.aws/config:\(code)", "what it is", why: "why it matters", remedy)
    }

    @Test func theGravestComesFirstAndOthersKeepTheirOrder() {
        var diagnosis = Diagnosis()
        for (code, gravity) in [("a", .risky), ("b", .broken), ("c", .exposed), ("d", .broken)]
            as [(String, Finding.Gravity)]
        {
            diagnosis.add(finding(code, gravity))
        }
        #expect(diagnosis.sorted.map(\.code) == ["c", "b", "d", "a"])
        #expect(diagnosis.summary == "4 findings: 1 exposed, 2 broken, 1 risky")
    }

    @Test func theSameFindingCountsOnce() {
        var diagnosis = Diagnosis()
        diagnosis.add(finding("a", .risky))
        diagnosis.add(finding("a", .risky))
        #expect(diagnosis.summary == "1 finding: 1 risky")
    }

    @Test func ofTwoThatOneCommandMendsTheGraverStays() {
        var diagnosis = Diagnosis()
        for (code, gravity) in [("b", .broken), ("e", .exposed), ("r", .risky)] as [(String, Finding.Gravity)] {
            diagnosis.add(Finding(code, gravity, at: "f:1", "what", why: "why", .run("x")))
        }
        diagnosis.add(Finding("other", .broken, at: "f:1", "what", why: "why", .run("y")))
        diagnosis.add(Finding("place", .broken, at: "f:2", "what", why: "why", .run("x")))
        #expect(diagnosis.sorted.map(\.code) == ["e", "other", "place"])
    }

    /// Otherwise this takes minutes.
    @Test(.timeLimit(.minutes(1))) func many() {
        var diagnosis = Diagnosis()
        for number in 0..<30_000 { diagnosis.add(finding("\(number)", .broken)) }
        #expect(diagnosis.findings.count == 30_000)
    }

    @Test func textNamesPlaceReasonAndCommand() {
        var diagnosis = Diagnosis()
        diagnosis.add(finding("a", .exposed, .fix(.mode(path: "/home/a/.aws/my config", to: 0o600))))
        diagnosis.add(Remark("proxy", at: "HTTPS_PROXY", "a proxy"))
        #expect(
            diagnosis.text(home: "/home/a", isColoured: false).text == """
                exposed  ~/.aws/config:a
                  what it is
                  why it matters
                  $ chmod 600 '/home/a/.aws/my config'

                note: HTTPS_PROXY: a proxy

                1 finding: 1 exposed; warder doctor --fix can fix one (it asks first)

                """)
    }

    @Test func linesAreBrokenAtEightyColumns() {
        var diagnosis = Diagnosis()
        let long = Array(repeating: "word", count: 60).joined(separator: " ")
        diagnosis.add(Finding("a", .risky, long, why: long, .run(long)))
        let lines = diagnosis.text(home: nil, isColoured: false).text.split(separator: "\n")
        let tooLong = lines.filter { $0.utf8.count > 80 }.map(String.init)
        #expect(tooLong == ["  $ \(long)"])
    }

    @Test func whatComesFromOutsideCannotChangeTheTerminal() {
        var diagnosis = Diagnosis()
        diagnosis.add(Finding("a", .risky, at: "x\u{1b}[2J:1", "a\u{1b}b", why: "c\u{7}d", .run("rm 'x\u{1b}'")))
        let text = diagnosis.text(home: nil, isColoured: false).text
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    }

    @Test func fixesAreCommandsThatAShellRuns() {
        #expect(Fix.mode(path: "/a b/$c", to: 0o600).command == "chmod 600 '/a b/$c'")
        #expect(Fix.adopt(profile: "prod").command == "warder adopt prod")
        #expect(Fix.adopt(profile: "-x").command == "warder adopt -- -x")
    }

    @Test func aFixOfTwoFindingsIsDoneOnce() {
        var diagnosis = Diagnosis()
        diagnosis.add(finding("a", .broken, .fix(.adopt(profile: "p"))))
        diagnosis.add(finding("b", .broken, .fix(.adopt(profile: "p"))))
        diagnosis.add(finding("c", .broken))
        #expect(diagnosis.fixes == [.adopt(profile: "p")])
    }
}
