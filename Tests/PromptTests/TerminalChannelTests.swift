import Foundation
import Testing

/// Long enough for a busy machine; every test ends it earlier.
let patience = "300"
/// How the terminal's question ends.
let prompt = "infra: "

extension OtherPrograms {
    @Suite("Asking at the terminal")
    struct TerminalContenderTests {
        private func ask(
            at place: Place = .front, _ steps: [Step], _ variables: [String: String] = [:], _ scene: Scene = Scene()
        ) throws -> Run {
            try run(["race", "code", patience, "terminal"], place, steps, variables, scene)
        }

        @Test("one line says what for, for what device, and for whom; the code is seen")
        func line() throws {
            for place in [Place.front, .leader] {
                let run = try ask(at: place, [.see(prompt), .type("123 456\n")], ["ASKING_NOTE": "wrong code"])
                #expect(run.answer == "answer 123456")
                #expect(
                    run.screen
                        == "warder: wrong code; MFA code for prod (arn:aws:iam::1111:mfa/alice), "
                        + "wanted by terraform (4711) in ~/infra: 123 456\r\n")
                #expect(run.sane && run.left == "")
            }
        }

        @Test("what was typed before is no answer, and neither is a command; what is typed after is the shell's")
        func ahead() throws {
            let run = try ask(
                [.see(prompt), .type("ls -l\n"), .see("six digits, please"), .see(prompt), .type("123456\nls\n")], [:],
                Scene(ahead: "654321\nhalf"))
            #expect(run.answer == "answer 123456")
            #expect(run.left == "ls\n")
        }

        @Test("a terminal in raw mode is made to work, and raw again")
        func raw() throws {
            let run = try ask([.see(prompt), .type("12\u{7f}23456\r")], [:], Scene(isRaw: true))
            #expect(run.answer == "answer 123456")
            #expect(run.sane)
        }

        @Test("Ctrl-D sends it away, and nobody is waited for past the deadline; half a line is not the shell's")
        func unanswered() throws {
            let dismissed = try ask([.see(prompt), .type("\u{4}")])
            #expect(dismissed.answer == "error dismissed")
            let late = try run(["race", "code", "2", "terminal"], .front, [.see(prompt), .type("123")])
            #expect(late.answer == "error timedOut")
            #expect(late.screen.hasSuffix("123\r\n"))
            #expect(dismissed.sane && late.sane && late.left == "")
        }

        @Test("a code that is of no use yet is counted down to, and what is typed meanwhile is none")
        func countdown() throws {
            let run = try ask(
                [
                    .see(prompt), .type("111111\n"), .see("the next one in 3 s"), .type("222222\n"),
                    .see("the next one in 2 s"), .see("the next one in 1 s"), .see(prompt), .type("123456\n"),
                ], ["ASKING_USED": "111111"])
            #expect(run.answer == "answer 123456")
            #expect(!run.screen.contains("222222"))
            #expect(run.screen.contains("\nthat code was used already; the next one in 3 s"))
            #expect(run.sane)
        }

        @Test("a countdown ends like the rest: Ctrl-D, Ctrl-C")
        func countdownEnds() throws {
            let steps = [Step.see(prompt), .type("111111\n"), .see("the next one in 3 s")]
            let away = try ask(steps + [.type("\u{4}")], ["ASKING_USED": "111111"])
            #expect(away.answer == "error dismissed" && away.sane)
            let interrupted = try ask(steps + [.type("\u{3}")], ["ASKING_USED": "111111"])
            #expect(interrupted.signal == Int(SIGINT) && interrupted.sane)
        }

        @Test("a name can steer nothing")
        func hostile() throws {
            let run = try ask(
                [.see(prompt), .type("123456\n")],
                ["ASKING_PROFILE": "a\u{1b}[2J\u{202e}b\nc\r" + String(repeating: "x", count: 999)])
            #expect(run.screen.hasPrefix("warder: MFA code for a\\u{1b}[2J\\u{202e}b\\u{a}c\\u{d}xxx"))
            #expect(run.screen.utf8.count < 500)
        }

        @Test(
            "a signal finds the terminal as it was, and half a line is not the shell's",
            arguments: [("INT", SIGINT), ("TERM", SIGTERM), ("HUP", SIGHUP), ("QUIT", SIGQUIT)])
        func signals(name: String, number: Int32) throws {
            for isRaw in [false, true] {
                let run = try ask(
                    at: .leader, [.see(prompt), .type("123"), .see("123"), .signal(name)], [:], Scene(isRaw: isRaw))
                #expect(run.signal == Int(number))
                #expect(run.sane && run.left == "" && run.output == "")
                #expect(run.screen.hasSuffix("123\r\n"))
            }
        }

        @Test("stopped and in front again, it is asked once more")
        func stopped() throws {
            let run = try ask([.see(prompt), .type("123\u{1a}"), .see(prompt), .type("654321\n")])
            #expect(run.answer == "answer 654321" && run.sane)
        }

        @Test("in the background, and without a terminal, nothing is touched")
        func background() throws {
            let back = try ask(at: .back, [])
            #expect(back.answer == "error nowhere([\"in the background of the terminal\"])")
            let none = try ask(at: .none, [])
            #expect(none.answer == "error nowhere([\"no terminal\"])")
            #expect(back.screen == "" && none.screen == "")
        }

        @Test(
            "yes is yes, and all else is no",
            arguments: [("y\n", "yes"), ("YES\n", "yes"), ("\n", "no"), ("x\n", "no")])
        func confirmation(typed: String, answer: String) throws {
            let run = try run(["race", "confirmation", patience, "terminal"], .front, [.see("[y/N] "), .type(typed)])
            #expect(run.answer == "answer " + answer)
            #expect(run.screen.hasPrefix("warder: may terraform (4711) in ~/infra use prod? [y/N] "))
        }
    }
}
