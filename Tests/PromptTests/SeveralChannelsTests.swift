import Foundation
import Testing

private let hasWindows = ["Xvfb", "zenity", "xdotool"].allSatisfy { name in
    FileManager.default.isExecutableFile(atPath: "/usr/bin/" + name)
}

/// A window of the real zenity is on the screen.
private let shown = Step.run("xdotool search --sync --onlyvisible --name '^warder: '")
/// It is gone.
private let hidden = Step.await("! xdotool search --onlyvisible --name '^warder: '")

/// Keys for that window; not at once, for nobody reads it so fast.
private func press(_ keys: String) -> Step {
    .run(
        "xdotool search --sync --onlyvisible --name '^warder: ' windowfocus --sync && sleep 1 && xdotool \(keys)")
}

/// A FIFO through which a third place is answered.
private final class Handoff {
    let path = FileManager.default.temporaryDirectory.path + "/warder-\(UUID().uuidString)"

    init() { mkfifo(path, 0o600) }
    deinit { unlink(path) }

    var place: String { "handoff=" + path }
    func say(_ text: String) -> Step { .run("echo '\(text)' >\(path)") }
}

extension OtherPrograms {
    @Suite("Asking in several places")
    struct SeveralPlacesTests {
        @Test("an answer from elsewhere ends the line, and half a line is not the shell's")
        func elsewhere() throws {
            let handoff = Handoff()
            let run = try run(
                ["race", "code", patience, "terminal", handoff.place], .front,
                [.see(prompt), .type("123"), .see("123"), handoff.say("654321")])
            check(run, "654321", "the handoff")
            #expect(run.screen.hasSuffix("123 answered elsewhere\r\n"))
        }

        @Test("a no from elsewhere is the end")
        func dismissedElsewhere() throws {
            let handoff = Handoff()
            let run = try run(
                ["race", "code", patience, "terminal", handoff.place], .front, [.see(prompt), handoff.say("no")])
            #expect(run.answer == "error dismissed" && run.sane)
            #expect(run.screen.hasSuffix("dismissed elsewhere\r\n"))
        }

        @Test(
            "a pinentry for terminals has the terminal alone, and leaves it as it was",
            .enabled(if: hasPinentries, "pinentry-tty or -curses is missing"), arguments: ["tty", "curses"])
        func pinentryAtTerminal(kind: String) throws {
            let handoff = Handoff()
            let places = ["race", "code", patience, "pinentry=/usr/bin/pinentry-" + kind, "terminal", handoff.place]
            let lost = try run(places, .front, [.see("code:"), .type("123"), handoff.say("654321")])
            check(lost, "654321", "the handoff")
            #expect(!lost.screen.contains("warder: MFA"))
            let won = try run(places, .front, [.see("code:"), .type("123456" + (kind == "tty" ? "\n" : "\r"))])
            check(won, "123456", "pinentry-" + kind)
            let second = try run(
                ["race", "code", patience, "terminal", "pinentry=/usr/bin/pinentry-" + kind], .front,
                [.see(prompt), .type("123456\n")])
            check(second, "123456", "the terminal")
            #expect(second.screen.hasPrefix("warder: MFA"))
        }

        @Test("a pinentry with a display stands beside the terminal")
        func pinentryWindow() throws {
            let fake = try FakePinentry(cases: "GETPIN) exec sleep 300 ;;")
            let handoff = Handoff()
            let lost = try run(
                ["race", "code", patience, "pinentry=" + fake.path, "terminal", handoff.place], .front,
                [.see(prompt), .type("123456\n")], ["DISPLAY": ":77"])
            check(lost, "123456", "the terminal")
            #expect(fake.isGone && fake.heard.last == "GETPIN")
            #expect(!fake.heard.contains { $0.hasPrefix("OPTION ttyname") })
            let quick = try FakePinentry(cases: "GETPIN) echo 'D 123456'; echo OK ;;")
            let won = try run(
                ["race", "code", patience, "pinentry=" + quick.path, "terminal"], .front, [], ["DISPLAY": ":77"])
            check(won, "123456", "the pinentry")
            #expect(quick.isGone)
        }
    }
}

extension OtherPrograms {
    @Suite("Asking in windows", .serialized, .enabled(if: hasWindows, "Xvfb, zenity or xdotool is missing"))
    struct WindowTests {
        private func ask(
            _ place: Place, _ places: [String], _ steps: [Step], _ variables: [String: String] = [:],
            kind: String = "code"
        ) throws -> Run {
            try run(["race", kind, patience] + places, place, steps, variables, Scene(hasDisplay: true))
        }

        @Test("a window is answered, without a terminal, behind one, and in front of one")
        func window() throws {
            for place in [Place.none, .back, .front] {
                let run = try ask(place, ["terminal", "dialog"], [press("key 1 2 3 4 5 6 Return"), hidden])
                check(run, "123456", "the window")
                if place == .front {
                    #expect(run.screen.hasSuffix(prompt + " answered elsewhere\r\n"))
                } else {
                    #expect(run.screen == "")
                }
            }
        }

        @Test("the terminal is answered, and the window goes")
        func terminal() throws {
            let handoff = Handoff()
            let run = try ask(
                .front, ["terminal", "dialog", handoff.place], [.see(prompt), shown, .type("123456\n"), hidden])
            check(run, "123456", "the terminal")
        }

        @Test("a third place is answered, and both go")
        func elsewhere() throws {
            let handoff = Handoff()
            let run = try ask(
                .front, ["terminal", "dialog", handoff.place],
                [.see(prompt), .type("12"), shown, handoff.say("654321"), hidden])
            check(run, "654321", "the handoff")
            #expect(run.screen.hasSuffix("12 answered elsewhere\r\n"))
        }

        @Test("a window that is sent away is the end; one that is killed is not")
        func closed() throws {
            let away = try ask(.front, ["terminal", "dialog"], [press("key Escape"), hidden])
            #expect(away.answer == "error dismissed" && away.sane)
            let killed = try ask(
                .front, ["terminal", "dialog"],
                [
                    shown, .run("kill -9 $(xdotool search --onlyvisible --name '^warder: ' getwindowpid)"), hidden,
                    .type("123456\n"),
                ])
            check(killed, "123456", "the terminal")
        }

        @Test("a display that nobody serves leaves the others in the race")
        func nowhere() throws {
            let variables = ["DISPLAY": ":931"]
            let one = try run(
                ["race", "code", patience, "dialog", "terminal"], .front, [.see(prompt), .type("123456\n")], variables)
            check(one, "123456", "the terminal")
            let none = try run(["race", "code", patience, "dialog"], .none, [], variables)
            #expect(none.answer == "error nowhere([\"the dialog found no display\"])")
        }

        @Test(
            "yes takes a step; the key that comes first to hand is no",
            arguments: [("key Return", "no"), ("key Tab key Return", "yes")])
        func confirmation(keys: String, answer: String) throws {
            let run = try ask(.none, ["dialog"], [press(keys), hidden], kind: "confirmation")
            #expect(run.answer == "answer " + answer && run.hasNoChildren)
        }

        @Test("a name that looks like an option or like markup is shown all the same")
        func hostile() throws {
            for kind in ["code", "confirmation"] {
                let run = try ask(
                    .none, ["dialog"], [press("key Escape"), hidden],
                    ["ASKING_PROFILE": "--help <b>&_\\n</i>\u{1b}"], kind: kind)
                #expect(run.answer == (kind == "code" ? "error dismissed" : "answer no"))
            }
        }

        @Test("a signal takes window and line away before it ends warder", arguments: ["INT", "TERM", "HUP", "QUIT"])
        func signals(name: String) throws {
            let run = try ask(
                .leader, ["terminal", "dialog"], [.see(prompt), .type("12"), shown, .signal(name), hidden])
            #expect(run.signal != 0 && run.sane && run.left == "" && run.output == "")
        }

        @Test("stopped and in front again, both are there once more")
        func stopped() throws {
            let run = try ask(
                .front, ["terminal", "dialog"],
                [
                    .see(prompt), shown, .type("12\u{1a}"), .see(prompt), press("key 1 2 3 4 5 6 Return"), hidden,
                ])
            check(run, "123456", "the window")
        }
    }
}

/// What a race leaves behind once it is won.
private func check(_ run: Run, _ answer: String, _ winner: String) {
    #expect(run.answer == "answer " + answer)
    #expect(run.hasNoChildren && run.sane && run.left == "")
    print("\(winner) won; the others were gone after \(run.gone ?? -1) ms")
    #expect((run.gone ?? .max) < 1000)
}
