import Diagnosing
import Testing

@Suite struct PseudonymsTests {
    private func applied(_ text: String, _ names: String...) -> String {
        var pseudonyms = Pseudonyms()
        for name in names { pseudonyms.add(name, as: "USER") }
        return pseudonyms.applied(to: text)
    }

    @Test func replacesTheSameThingTheSameWay() {
        #expect(
            applied(
                "arn:aws:iam::123456789012:user/alice has AKIAIOSFODNN7EXAMPLE; 123456789012, 210987654321, alice",
                "alice")
                == "arn:aws:iam::ACCOUNT-1:user/USER-1 has KEY-1; ACCOUNT-1, ACCOUNT-2, USER-1")
    }

    @Test func replacesWholeWordsAlone() {
        #expect(applied("alice alice2 malice al-alice-x", "alice") == "USER-1 alice2 malice al-USER-1-x")
        #expect(applied("1234567890123 12345678901") == "1234567890123 12345678901")
        #expect(applied("AKIASHORT") == "AKIASHORT")
    }

    @Test func prefersTheLongerName() {
        #expect(applied("alice.b@example.com alice", "alice", "alice.b@example.com") == "USER-2 USER-1")
    }

    @Test func doesNotReplaceItsOwnWords() {
        #expect(applied("bob USER", "bob", "USER") == "USER-1 USER-2")
    }

    @Test func redactsWhatCouldBeASecret() {
        #expect(
            applied("key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1 end") == "key REDACTED end")
        #expect(
            applied("sha da39a3ee5e6b4b0d3255bfef95601890afd80709") == "sha da39a3ee5e6b4b0d3255bfef95601890afd80709")
    }

    @Test func takesNoPathForASecret() {
        let piece = "Abcdefghij0123456789Abcdefghij0123456789"
        for path in ["/\(piece)", "/home/\(piece)/x", "/b/\(piece.dropFirst(3))", "~/a.\(piece.dropFirst(2))/x"] {
            #expect(applied("at \(path) and") == "at \(path) and")
        }
        #expect(applied("a.bbb/\(piece.dropFirst(4)) end") == "a.bbb/\(piece.dropFirst(4)) end")
        #expect(applied("bbb/\(piece.dropFirst(4)).pem") == "bbb/\(piece.dropFirst(4)).pem")
        #expect(applied("'bbb/\(piece.dropFirst(4))'. =\(piece).") == "'REDACTED'. =REDACTED.")
    }

    @Test func replacesEitherCaseTheSameWay() {
        #expect(applied("ann.smith ANN.SMITH", "Ann.Smith", "ann.smith") == "USER-1 USER-1")
    }

    @Test func replacesWhatIsEscapedForSed() {
        #expect(applied(#"s|^\[john\.doe\]|john.doe|"#, "john.doe") == #"s|^\[USER-1\]|USER-1|"#)
    }

    @Test func replacesWhatIsQuotedForAShell() {
        let quoted = #"'/home/o'\''brien/.aws' o'brien"#
        #expect(applied(quoted, "o'brien") == "'/home/USER-1/.aws' USER-1")
        #expect(applied(#"'s|^\[o'\''b\.c|o'\''b.c|'"#, "o'b.c") == #"'s|^\[USER-1|USER-1|'"#)
        #expect(applied(#"s|^a|b = r\&d|"#, "r&d") == "s|^a|b = USER-1|")
    }

    @Test func replacesLettersOfEitherCase() {
        #expect(applied("JOSÉ josé José ЮЛИЯ", "josé", "Юлия") == "USER-1 USER-1 USER-1 USER-2")
        // The capital takes a byte more.
        #expect(applied("STRAẞE josé", "JOSÉ") == "STRAẞE USER-1")
    }

    @Test func replacesAccountsBesideLetters() {
        #expect(applied("acme123456789012 123456789012x x1234567890123") == "acmeACCOUNT-1 ACCOUNT-1x x1234567890123")
    }

    @Test func keepsOtherText() {
        #expect(applied("größe ✓ /home/x", "alice") == "größe ✓ /home/x")
    }
}
