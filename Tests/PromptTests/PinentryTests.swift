import Foundation
import Linux
import Prompt
import Secrets
import Testing

extension OtherPrograms {
    @Suite("A pinentry")
    struct PinentryTests {
        private func ask(
            _ pinentry: FakePinentry, again: String? = nil, error: String? = nil, description: String = "of the vault",
            limit: Int = 1024, milliseconds: Int64 = 60_000, _ variables: [String: String] = ["DISPLAY": ":9"]
        ) throws(PinentryError) -> String {
            let words = PinentryWords(
                title: "warder", description: description, prompt: "passphrase:", again: again, error: error)
            let found = try Pinentry.find(named: pinentry.path, in: environment(variables))
            return text(try found.passphrase(words, limit: limit, until: .after(milliseconds: milliseconds)))
        }

        @Test("it is told where and what to show, and never to look into a password store")
        func told() throws {
            let fake = try FakePinentry(cases: "GETPIN) echo 'D open sesame'; echo OK ;;")
            let answer = try ask(
                fake, error: "not it: 100%", description: "of\nthe \u{1b}[2Jvault",
                ["DISPLAY": ":9", "TERM": "xterm", "LC_CTYPE": "de_DE.UTF-8", "LANG": "C"])
            #expect(answer == "open sesame")
            // Where the tests run, and so whether there is a terminal, is not the test's.
            let terminal = fake.heard.filter { $0.hasPrefix("OPTION ttyname=") || $0 == "GETINFO flavor" }
            #expect(terminal.count == 1)
            // What is left of the minute, in whole seconds.
            let time = fake.heard.filter { $0.hasPrefix("SETTIMEOUT ") }
            #expect(time.count == 1 && (1...59).contains(Int(time.first?.dropFirst(11) ?? "") ?? 0))
            let heard = fake.heard.filter { !terminal.contains($0) }
            let position = heard.firstIndex { $0.hasPrefix("SETTIMEOUT ") } ?? 0
            #expect(position > 0 && heard[position - 1] == "OPTION lc-messages=C")
            #expect(
                heard.filter { !time.contains($0) } == [
                    "OPTION display=:9", "OPTION ttytype=xterm", "OPTION lc-ctype=de_DE.UTF-8", "OPTION lc-messages=C",
                    "SETTITLE warder", "SETDESC of%0Athe ?[2Jvault", "SETERROR not it: 100%25",
                    "SETPROMPT passphrase:", "GETPIN", "BYE",
                ])
            #expect(fake.isGone)
        }

        @Test("a text too long for a line of the protocol is cut, and a line end cannot smuggle a command in")
        func longText() throws {
            let fake = try FakePinentry(cases: "GETPIN) echo 'D x'; echo OK ;;")
            _ = try ask(
                fake, description: "a\r\nOPTION allow-external-password-cache\n" + String(repeating: "é", count: 999))
            #expect(fake.heard.allSatisfy { $0.utf8.count <= 1000 })
            #expect(!fake.heard.contains { $0.hasPrefix("OPTION allow") })
            #expect(fake.heard.contains { $0.hasPrefix("SETDESC a?%0AOPTION allow") && $0.hasSuffix("é…") })
        }

        @Test("data may come in several lines, escaped, among status lines, comments and questions")
        func data() throws {
            let fake = try FakePinentry(
                cases: """
                    GETPIN) echo 'S PASSWORD_QUALITY 10'; echo '# so'; echo 'D one%25%0a%C3'; echo 'INQUIRE QUALITY x' ;;
                    CAN) echo 'D %a9 two '; echo 'OK fine' ;;
                    """)
            #expect(try ask(fake) == "one%\né two ")
        }

        @Test("an answer without data is empty; one of just the limit is taken, one more byte is not")
        func sizes() throws {
            #expect(try ask(FakePinentry(cases: "")) == "")
            let full = try FakePinentry(cases: "GETPIN) printf 'D %0900d\\nD %0124d\\nOK\\n' 0 0 ;;")
            #expect(try ask(full).utf8.count == 1024)
            #expect(throws: PinentryError.tooLong) { try ask(full, limit: 1023) }
            #expect(full.isGone)
        }

        @Test(
            "what it refuses is told by its code, whichever part of GnuPG reports it",
            arguments: [
                (83_886_179, PinentryError.dismissed), (83_886_278, .dismissed), (83_886_194, .dismissed),
                (83_886_142, .timedOut), (83_918_950, .noDisplay), (85, .noDisplay), (32_849, .noDisplay),
                (83_886_081, .unusable(reason: "it reports error 1 of gpg-error.h")),
            ])
        func refusals(code: Int, error: PinentryError) throws {
            let fake = try FakePinentry(
                cases: "GETPIN) echo 'S ERROR x \(code)'; echo 'ERR \(code) so it is <Pinentry>' ;;")
            #expect(throws: error) { try ask(fake) }
            #expect(fake.isGone)
        }

        private static let garbled = PinentryError.unusable(reason: "it does not speak the protocol of a pinentry")

        @Test(
            "a hostile one gives a clear error in time, and is gone",
            arguments: [
                ("exit 0", .unusable(reason: "it ended without an answer")),
                ("echo hello; exec sleep 60", garbled),
                ("exec cat /dev/zero", garbled),
                ("echo OK; exec yes 'S ENDLESS 1'", garbled),
                ("echo 'D unasked'; echo OK; exec sleep 60", garbled),
                ("printf 'OK no line end'; exec sleep 60", .timedOut),
                ("exec sleep 60", .timedOut),
                ("trap '' TERM; echo OK; exec sleep 60", .timedOut),
                ("exec 0<&-; echo OK; exec sleep 60", .timedOut),
                ("echo OK; while read -r l; do case $l in GETPIN) echo 'D a%g1';; esac; echo OK; done", garbled),
                ("echo OK; while read -r l; do case $l in GETPIN) echo 'D a%2';; esac; echo OK; done", garbled),
                ("echo OK; while read -r l; do case $l in GETPIN) echo;; esac; echo OK; done", garbled),
                (
                    "echo OK; while read -r l; do case $l in GETPIN) echo 'D half'; exit 0;; esac; echo OK; done",
                    .unusable(reason: "it ended without an answer")
                ),
            ] as [(String, PinentryError)])
        func hostile(script: String, error: PinentryError) throws {
            let fake = try FakePinentry(script: script)
            // What is not to be cut off has the time that a busy machine takes for it.
            fake.untilStarted(from: error == .timedOut ? 2_500 : 60_000) { limit in
                let start = Deadline.now.milliseconds
                #expect(throws: error) { try ask(fake, milliseconds: limit) }
                #expect(Deadline.now.milliseconds - start < (error == .timedOut ? limit : 0) + 40_000)
            }
            #expect(fake.isGone)
        }

        @Test("how it died is told")
        func died() throws {
            let failing = try FakePinentry(script: "exit 3")
            #expect(throws: PinentryError.child(.failed(program: failing.path, code: 3))) { try ask(failing) }
            let killed = try FakePinentry(cases: "GETPIN) kill -9 $$ ;;")
            #expect(throws: PinentryError.child(.killed(program: killed.path, signal: 9))) { try ask(killed) }
            #expect(killed.isGone)
        }

        @Test("one that gives the answer and does not leave is made to")
        func lingers() throws {
            let fake = try FakePinentry(cases: "GETPIN) echo 'D x'; echo OK ;; BYE) exec sleep 60 ;;")
            #expect(try ask(fake) == "x")
            #expect(fake.isGone)
        }

        @Test("one that compares two answers by itself is asked once")
        func comparesItself() throws {
            let fake = try FakePinentry(cases: "GETPIN) echo 'S PIN_REPEATED'; echo 'D same'; echo OK ;;")
            #expect(try ask(fake, again: "once more:") == "same")
            #expect(fake.heard.filter { $0 == "GETPIN" }.count == 1)
            #expect(fake.heard.contains("SETREPEAT once more:"))
        }

        @Test(
            "one that does not is asked twice, until both answers are the same",
            arguments: ["SETREPEAT*) echo 'ERR 83886355 unknown' ;;", "SETREPEAT*) echo OK ;;"])
        func compared(cases: String) throws {
            // The second and the third answer differ from what stands before them.
            let fake = try FakePinentry(
                cases: cases + " GETPIN) case $count in 1) echo 'D a' ;; *) echo 'D b' ;; esac; echo OK ;;")
            #expect(try ask(fake, again: "once more:") == "b")
            let questions = fake.heard.filter {
                $0 == "GETPIN" || $0.hasPrefix("SETPROMPT") || $0.hasPrefix("SETERROR")
            }
            #expect(
                questions == [
                    "SETPROMPT passphrase:", "GETPIN", "SETPROMPT once more:", "GETPIN", "SETERROR they differ",
                    "SETPROMPT passphrase:", "GETPIN", "SETPROMPT once more:", "GETPIN",
                ])
        }

        @Test("answers that never agree are given up")
        func different() throws {
            let fake = try FakePinentry(cases: "SETREPEAT*) echo 'ERR 1' ;; GETPIN) echo \"D $count\"; echo OK ;;")
            #expect(throws: PinentryError.different) { try ask(fake, again: "once more:") }
            #expect(fake.heard.filter { $0 == "GETPIN" }.count == 6)
        }

        @Test("yes is true, no and cancelling are false, closing it all is neither")
        func confirmation() throws {
            func confirm(_ answer: String) throws(PinentryError) -> Bool {
                guard let fake = try? FakePinentry(cases: "CONFIRM) echo '\(answer)' ;;") else { return false }
                let found = try Pinentry.find(named: fake.path, in: environment(["DISPLAY": ":9"]))
                return try found.confirm(
                    title: "warder", description: "may it?", yes: "yes", no: "no", until: .after(milliseconds: 60_000))
            }
            #expect(try confirm("OK"))
            #expect(try confirm("ERR 83886194 Not confirmed") == false)
            #expect(try confirm("ERR 83886179 Operation cancelled") == false)
            #expect(throws: PinentryError.dismissed) { _ = try confirm("ERR 83886278 fully cancelled") }
        }
    }
}

extension OtherPrograms {
    @Suite("Finding a pinentry")
    struct PinentryFindingTests {
        let one: FakePinentry
        let other: FakePinentry

        init() throws {
            one = try FakePinentry(cases: "")
            other = try FakePinentry(cases: "")
        }

        private func configured(_ text: String) throws -> Environment {
            try FileManager.default.createDirectory(atPath: one.folder + "/.gnupg", withIntermediateDirectories: true)
            try text.write(toFile: one.folder + "/.gnupg/gpg-agent.conf", atomically: true, encoding: .utf8)
            return environment(["HOME": one.folder, "PATH": "/nowhere::relative:\(one.folder)"])
        }

        @Test("gpg-agent.conf goes before PATH, its last line counts, and a name that is given goes before both")
        func order() throws {
            let variables = try configured("# pinentry-program /no\nttl 3\n pinentry-program  /no\n")
            #expect(throws: PinentryError.notFound(name: "/no")) { try Pinentry.find(named: nil, in: variables) }
            let quoted = try configured("pinentry-program /no\npinentry-program\t\"\(other.path)\" \n")
            #expect(try Pinentry.find(named: nil, in: quoted).program == other.path)
            #expect(try Pinentry.find(named: one.path, in: quoted).program == one.path)
            #expect(try Pinentry.find(named: "pinentry", in: quoted).program == one.path)
            let home = environment(["GNUPGHOME": other.folder, "HOME": one.folder, "PATH": other.folder])
            #expect(try Pinentry.find(named: nil, in: home).program == other.path)
        }

        @Test("neither a folder, nor a file that is not for running, nor a relative path is one")
        func none() {
            chmod(one.path, 0o644)
            let here = environment(["PATH": one.folder])
            for name in ["pinentry", one.path, one.folder, "./pinentry", "sub/pinentry", ""] {
                #expect(throws: PinentryError.notFound(name: name)) { try Pinentry.find(named: name, in: here) }
            }
            #expect(throws: PinentryError.notFound(name: "pinentry")) {
                try Pinentry.find(named: nil, in: environment([:]))
            }
        }

        @Test("a display of either kind is a place to show it")
        func place() throws {
            for name in ["DISPLAY", "WAYLAND_DISPLAY"] {
                #expect(try Pinentry.find(named: one.path, in: environment([:])).canShow(in: environment([name: ":0"])))
            }
        }
    }
}
