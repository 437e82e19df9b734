import Foundation
import Linux
import Secrets
import Testing

/// Those for terminals are there.
let hasPinentries = ["tty", "curses"].allSatisfy { isProgram("/usr/bin/pinentry-\($0)") }

/// The pinentries of a terminal: the program, and what its Enter key sends.
private let pinentries = [("/usr/bin/pinentry-tty", "\n"), ("/usr/bin/pinentry-curses", "\r")]

extension OtherPrograms {
    @Suite("Pinentries in a terminal", .enabled(if: hasPinentries, "pinentry-tty or -curses is missing"))
    struct TerminalPinentryTests {
        @Test("a job in front is answered there, and so is the leader of a session", arguments: pinentries)
        func answered(program: String, enter: String) throws {
            for place in [Place.front, .leader] {
                let run = try run(
                    ["pinentry", program, patience], place, [.see("passphrase: "), .type("se%cr \\ét" + enter)])
                #expect(run.output == "answer se%cr \\ét\nno children\n")
                #expect(run.screen.contains("passphrase for /vault") && run.screen.contains("that is not it"))
                #expect(!run.screen.contains("cr \\"))
                #expect(run.sane)
            }
        }

        @Test("a passphrase that is chosen is asked for twice", arguments: pinentries)
        func chosen(program: String, enter: String) throws {
            let run = try run(
                ["pinentry", program, patience, "again"], .front,
                [
                    .see("passphrase: "), .type("a" + enter), .see("once more: "), .type("b" + enter), .see("differ"),
                    .see("passphrase: "), .type("c" + enter), .see("once more: "), .type("c" + enter),
                ])
            #expect(run.output == "answer c\nno children\n")
        }

        @Test("Ctrl-C ends warder too, with the terminal as it was", arguments: pinentries)
        func interrupted(program: String, enter: String) throws {
            for place in [Place.front, .leader] {
                let run = try run(["pinentry", program, patience], place, [.see("passphrase: "), .type("half\u{3}")])
                #expect(run.signal == Int(SIGINT))
                #expect(run.output == "")
                #expect(run.sane)
                if program.hasSuffix("curses") { #expect(run.screen.contains("\u{1b}[?1049l")) }
            }
        }

        @Test("Ctrl-Z stops both; in front again, the question is put once more", arguments: pinentries)
        func stopped(program: String, enter: String) throws {
            let run = try run(
                ["pinentry", program, patience], .front,
                [.see("passphrase: "), .type("half\u{1a}"), .see("passphrase: "), .type("whole" + enter)])
            #expect(run.output == "answer whole\nno children\n")
            #expect(run.sane)
        }

        @Test("cancelling is told, and so is that nobody answered", arguments: pinentries)
        func given(program: String, enter: String) throws {
            let cancel = program.hasSuffix("tty") ? "\u{4}" : "\t\t\r"
            let cancelled = try run(["pinentry", program, patience], .front, [.see("passphrase: "), .type(cancel)])
            #expect(cancelled.output == "error dismissed\nno children\n")
            let late = try run(["pinentry", program, "3"], .front, [.see("passphrase: ")])
            #expect(late.output == "error timedOut\nno children\n")
            #expect(late.sane)
        }

        @Test("a question is answered with yes or no", arguments: pinentries)
        func confirmed(program: String, enter: String) throws {
            let isPlain = program.hasSuffix("tty")
            let yes = try run(
                ["confirm", program, patience], .front, [.see("use prod?"), .type(isPlain ? "y" : "\r")])
            #expect(yes.output == "answer true\nno children\n")
            let no = try run(
                ["confirm", program, patience], .front, [.see("use prod?"), .type(isPlain ? "n" : "\t\r")])
            #expect(no.output == "answer false\nno children\n")
        }

        @Test("a job in the background touches no terminal, even where a display is named", arguments: pinentries)
        func background(program: String, enter: String) throws {
            for place in [Place.back, .none] {
                for variables in [[:], ["DISPLAY": ":77"]] {
                    let run = try run(["pinentry", program, patience], place, [], variables)
                    #expect(run.output == "error noDisplay\nno children\n")
                    #expect(run.screen == "")
                }
            }
        }

        @Test("the first asker that has a place asks; without one, the first says why")
        func order() throws {
            let pinentry = "pinentry=/usr/bin/pinentry-tty"
            for order in [["terminal", pinentry], [pinentry, "terminal"]] {
                let run = try run(["order"] + order, .front, [.see("passphrase"), .type("x\n")])
                #expect(run.output == "answer x\nno children\n")
                #expect(run.screen.contains("passphrase: ") == (order[0] == pinentry))
            }
            #expect(
                try run(["order", "terminal", pinentry], .back).output.contains(
                    "terminal(Linux.TerminalError.background"))
            #expect(
                try run(["order", "terminal", pinentry], .none).output.contains("terminal(Linux.TerminalError.none"))
            #expect(
                try run(["order", pinentry, "terminal"], .none).output.contains(
                    "pinentry(Prompt.PinentryError.noDisplay"))
            let graphical = try FakePinentry(cases: "GETPIN) echo 'D seen'; echo OK ;;")
            let behind = try run(["order", "terminal", "pinentry=" + graphical.path], .back, [], ["DISPLAY": ":77"])
            #expect(behind.output == "answer seen\nno children\n")
            #expect(!graphical.heard.contains { $0.hasPrefix("OPTION ttyname") })
        }

        @Test("in front, the terminal is named to it by its own name")
        func terminalName() throws {
            let fake = try FakePinentry(cases: "GETPIN) echo 'D x'; echo OK ;;")
            _ = try run(["pinentry", fake.path, patience], .front)
            #expect(fake.heard.contains { $0.hasPrefix("OPTION ttyname=/dev/pts/") })
        }
    }
}

extension OtherPrograms {
    @Suite("What a pinentry gets of warder")
    struct PinentryInheritanceTests {
        @Test(
            "a signal that ends warder ends it first",
            arguments: [("TERM", SIGTERM), ("HUP", SIGHUP), ("INT", SIGINT)])
        func ended(name: String, number: Int32) throws {
            let fake = try FakePinentry(
                cases: "GETPIN) stty raw -echo </dev/tty; echo shown >/dev/tty; exec sleep 20 ;;")
            let run = try run(["pinentry", fake.path, patience], .leader, [.see("shown"), .signal(name)])
            #expect(run.signal == Int(number))
            #expect(run.sane)
            #expect(fake.isGone)
        }

        @Test("no passphrase variable, no answer, no descriptor but its pipes, and signals as they were")
        func inherited() throws {
            let fake = try FakePinentry(
                cases: """
                    SETREPEAT*) echo 'ERR 1' ;;
                    GETPIN)
                        for process in $$ $PPID; do tr '\\0' '\\n' </proc/$process/environ >>seen; done
                        for process in $$ $PPID; do tr '\\0' '\\n' </proc/$process/cmdline >>seen; done
                        tr '\\0' '\\n' </proc/$$/environ >environ
                        ls -l /proc/self/fd >descriptors
                        while read -r line; do case $line in SigBlk*|SigIgn*) echo "$line" ;; esac; done \
                            </proc/$$/status >signals
                        echo 'D the-secret'; echo OK ;;
                    """)
            let run = try run(
                ["pinentry", fake.path, patience, "again"], .none, [],
                ["DISPLAY": ":77", "WARDER_PASSPHRASE": "planted", "WARDER_NEW_PASSPHRASE_COMMAND": "planted too"])
            #expect(run.output == "answer the-secret\nno children\n")
            #expect(fake.lines(of: "environ").contains("DISPLAY=:77"))
            #expect(!fake.lines(of: "environ").contains { $0.hasPrefix("WARDER_") })
            #expect(!fake.lines(of: "seen").isEmpty)
            #expect(!(fake.lines(of: "seen") + fake.heard).contains { $0.contains("the-secret") })
            // As a program sees it that the pinentry starts with a file for its output.
            let shared = fake.lines(of: "descriptors").filter { line in
                ["pipe:", "socket:", "anon", "/dev/pts"].contains { line.contains("-> " + $0) }
            }
            #expect(
                shared.count == 2 && shared.allSatisfy { $0.contains(" 0 -> pipe:") || $0.contains(" 2 -> pipe:") })
            // Read without a child: while a shell starts one, it holds signals back itself.
            let signals = fake.lines(of: "signals").compactMap { UInt64($0.suffix(16), radix: 16) }
            #expect(signals.count == 2 && signals[0] == 0)
            #expect(signals.count == 2 && signals[1] & 1 << UInt64(SIGPIPE - 1) == 0)
        }
    }
}
