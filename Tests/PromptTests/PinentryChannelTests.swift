import Foundation
import Linux
import Prompt
import Secrets
import Testing

extension OtherPrograms {
    @Suite("A pinentry among other places")
    struct PinentryContenderTests {
        private func ask(
            _ fake: FakePinentry, _ kind: PromptRequest.Kind = .code, profile: String = "prod", note: String? = nil,
            milliseconds: Int64 = 30_000, rejecting: (borrowing SecretBytes) -> CodeRejection? = { _ in nil }
        ) throws(PromptError) -> String {
            let request = PromptRequest(
                kind, profile: profile, device: "arn:aws:iam::1111:mfa/alice", caller: "make (1) in ~/a", note: note)
            let place = PinentryChannel(named: fake.path, at: .display, in: environment(["DISPLAY": ":9"]))
            let reply = try firstAnswer(
                to: request, from: [place], until: .after(milliseconds: milliseconds), rejecting: rejecting)
            switch consume reply {
            case .code(let code): return text(code)
            case .yes: return "yes"
            case .no: return "no"
            }
        }

        @Test("it is told what for, for whom and why, in one line each, and never of the terminal")
        func told() throws {
            let fake = try FakePinentry(cases: "GETPIN) echo 'D 123%20456'; echo OK ;;")
            #expect(try ask(fake, profile: "a\u{1b}[2J\u{202e}\nb%", note: "wrong code") == "123456")
            #expect(
                fake.heard.suffix(5) == [
                    "SETTITLE warder: MFA code",
                    "SETDESC warder needs an MFA code.%0A%0Aprofile: a\\u{1b}[2J\\u{202e}\\u{a}b%25%0A"
                        + "device: arn:aws:iam::1111:mfa/alice%0Awanted by: make (1) in ~/a",
                    "SETERROR wrong code", "SETPROMPT code:", "GETPIN",
                ])
            #expect(!fake.heard.contains { $0.hasPrefix("OPTION ttyname") })
            #expect(fake.isGone)
        }

        @Test("a code that is refused is asked for in the same window, which says why")
        func refused() throws {
            let good = try FakePinentry(
                cases: "GETPIN) case $count in 1) ;; 2) echo 'D 1111' ;; *) echo 'D 22222'$count ;; esac; echo OK ;;")
            let answer = try ask(good) { code in
                text(code) == "222223" ? CodeRejection("used already", until: .after(milliseconds: 17_000)) : nil
            }
            #expect(answer == "222224")
            #expect(
                good.heard.filter { $0.hasPrefix("SETERROR") } == [
                    "SETERROR six digits, please", "SETERROR six digits, please",
                    "SETERROR used already; the next one in 17 s",
                ])
            #expect(good.lines(of: "pid").count == 1 && good.isGone)
        }

        @Test("yes, no, and a window that is sent away")
        func answers() throws {
            func answer(_ line: String, _ kind: PromptRequest.Kind) throws(PromptError) -> String {
                guard let fake = try? FakePinentry(cases: "GETPIN|CONFIRM) echo '\(line)' ;;") else { return "" }
                return try ask(fake, kind)
            }
            #expect(try answer("OK", .confirmation) == "yes")
            #expect(try answer("ERR 83886194 Not confirmed", .confirmation) == "no")
            #expect(try answer("ERR 83886179 Operation cancelled", .confirmation) == "no")
            for code in [83_886_179, 83_886_278] {
                #expect(throws: PromptError.dismissed) { try answer("ERR \(code) cancelled", .code) }
            }
        }

        @Test(
            "one that fails is out, and gone",
            arguments: [
                ("GETPIN) kill -9 $$ ;;", "the pinentry ended"),
                ("GETPIN) echo 'ERR 83918950 no tty' ;;", "nowhere for a pinentry to show itself"),
                ("GETPIN) echo 'ERR 83886142 timeout' ;;", "the pinentry took too long"),
                ("GETINFO*) echo 'D gnome3:curses'; echo OK ;;", "nowhere for a pinentry to show itself"),
                ("GETINFO*) echo 'D tty'; echo OK ;;", "nowhere for a pinentry to show itself"),
                ("SETDESC*) sleep 20 ;;", "the pinentry took too long"),
                (
                    "GETPIN) head -c 5000 /dev/zero | tr '\\0' x; echo ;;",
                    "the pinentry is of no use: it does not speak the protocol of a pinentry"
                ),
            ])
        func failures(cases: String, reason: String) throws {
            let fake = try FakePinentry(cases: cases)
            #expect(throws: PromptError.nowhere([reason])) { try ask(fake) }
            #expect(fake.isGone)
        }

        @Test("nobody answers it: it is gone at once, whatever it thinks of that")
        func late() throws {
            for cases in ["GETPIN) exec sleep 60 ;;", "GETPIN) trap '' TERM; while :; do :; done ;;"] {
                let fake = try FakePinentry(cases: cases)
                fake.untilStarted(from: 1500) { limit in
                    let start = Deadline.now.milliseconds
                    #expect(throws: PromptError.timedOut) { try ask(fake, milliseconds: limit) }
                    let taken = Deadline.now.milliseconds - start - limit
                    print("taken down after \(taken) ms")
                    #expect(taken < 40_000)
                }
                #expect(fake.isGone)
            }
        }

        @Test("one for terminals is not started for a display, nor any without one")
        func place() throws {
            let fake = try FakePinentry(cases: "")
            for (path, reason, variables) in [
                (fake.path, "no display for a pinentry", [:]),
                ("/nowhere/pinentry", "no program /nowhere/pinentry", ["DISPLAY": ":9"]),
            ] {
                let place = PinentryChannel(named: path, at: .display, in: environment(variables))
                #expect(!place.needsTerminal)
                #expect(throws: PromptChannelError.unavailable(reason)) {
                    try place.open(PromptRequest(.code, profile: "x", device: nil, caller: nil))
                }
            }
            #expect(fake.heard.isEmpty)
            rename(fake.path, fake.folder + "/pinentry-curses")
            symlink(fake.folder + "/pinentry-curses", fake.path)
            let place = PinentryChannel(named: fake.path, at: .display, in: environment(["DISPLAY": ":9"]))
            #expect(throws: PromptChannelError.unavailable("the pinentry is one for terminals")) {
                try place.open(PromptRequest(.code, profile: "x", device: nil, caller: nil))
            }
            #expect(fake.heard.isEmpty)
        }
    }
}
