import Foundation
import Linux
import Prompt
import Secrets
import Testing

extension OtherPrograms {
    @Suite("A dialog")
    struct DialogTests {
        private static let hostile = "--help\u{1b}[2J\u{202e}<b>&_\\n"

        private func ask(
            _ dialog: FakeDialog, _ kind: PromptRequest.Kind = .code, profile: String = "prod",
            milliseconds: Int64 = 60_000,
            with variables: [String: String] = [:], rejecting: (borrowing SecretBytes) -> CodeRejection? = { _ in nil }
        ) throws(PromptError) -> String {
            // Over the network nobody looks whether it is there.
            let variables = ["DISPLAY": "elsewhere:9", "PATH": dialog.folder].merging(variables) { $1 }
            let reply = try firstAnswer(
                to: PromptRequest(
                    kind, profile: profile, device: "arn:aws:iam::1111:mfa/alice", caller: "make (1) in ~/a"),
                from: [DialogChannel(in: environment(variables))], until: .after(milliseconds: milliseconds),
                rejecting: rejecting)
            switch consume reply {
            case .code(let code): return text(code)
            case .yes: return "yes"
            case .no: return "no"
            }
        }

        @Test("what it prints is the code, and its end is waited for")
        func code() throws {
            let dialog = try FakeDialog("printf '123 '; sleep 0.2; echo 456")
            #expect(try ask(dialog) == "123456")
            #expect(dialog.isGone())
        }

        @Test("no text can be an option, a key, a line end or markup to it")
        func words() throws {
            let zenity = try FakeDialog("echo 123456")
            _ = try ask(zenity, profile: Self.hostile)
            #expect(
                zenity.arguments == [
                    "--entry",
                    "--text=warder needs an MFA code.\n\nprofile: --help\\\\u{1b}[2J\\\\u{202e}<b>&__\\\\n\n"
                        + "device: arn:aws:iam::1111:mfa/alice\nwanted by: make (1) in ~/a",
                    "--title=warder: MFA code", "--timeout=600",
                ])
            _ = try ask(zenity, .confirmation, profile: Self.hostile)
            #expect(zenity.arguments.starts(with: ["--question", "--default-cancel"]))
            #expect(zenity.arguments[2].contains("profile: --help\\\\u{1b}[2J\\\\u{202e}&lt;b&gt;&amp;_\\\\n\n"))
            let kdialog = try FakeDialog(as: "kdialog", "echo 123456")
            _ = try ask(kdialog, profile: Self.hostile)
            #expect(kdialog.arguments.starts(with: ["--title", "warder: MFA code", "--inputbox"]))
            #expect(kdialog.arguments[3].hasPrefix("warder:\nwarder needs an MFA code.\n"))
            #expect(kdialog.arguments[3].contains("profile: --help\\\\u{1b}[2J\\\\u{202e}<b>&_\\\\n\n"))
            _ = try ask(kdialog, .confirmation)
            #expect(kdialog.arguments[2] == "--yesno")
        }

        @Test("the desktop's own goes before the other")
        func kinds() throws {
            let (zenity, kdialog) = (try FakeDialog("echo 111111"), try FakeDialog(as: "kdialog", "echo 222222"))
            let path = ["PATH": zenity.folder + ":" + kdialog.folder]
            #expect(try ask(zenity, with: path) == "111111")
            #expect(try ask(zenity, with: path.merging(["XDG_CURRENT_DESKTOP": "X:KDE"]) { $1 }) == "222222")
        }

        @Test("yes, no, and a window that is closed")
        func confirmation() throws {
            #expect(try ask(FakeDialog("exit 0"), .confirmation) == "yes")
            #expect(try ask(FakeDialog("sleep 0.7; exit 1"), .confirmation) == "no")
            #expect(try ask(FakeDialog(as: "kdialog", "sleep 0.7; exit 2"), .confirmation) == "no")
            #expect(throws: PromptError.dismissed) { try ask(FakeDialog("sleep 0.7; exit 1")) }
        }

        @Test(
            "one that never was seen is not sent away, and one that fails is out",
            arguments: [
                ("exit 1", "the dialog found no display"),
                ("sleep 0.7; echo 'Gtk-WARNING: cannot open display: :9' >&2; exit 1", "the dialog found no display"),
                ("sleep 0.7; echo 'qt.qpa: could not connect to display' >&2; exit 1", "the dialog found no display"),
                ("sleep 0.7; exit 5", "the dialog ended with code 5"),
                ("kill -9 $$", "signal 9 ended the dialog"),
                ("exec >&-; exec sleep 300", "the dialog prints no more and does not end"),
            ])
        func failures(script: String, reason: String) throws {
            let dialog = try FakeDialog(script)
            for kind in [PromptRequest.Kind.confirmation, .code] {
                // One that the machine was too busy to end at a glance may have been seen: that says nothing.
                var outcome: PromptError?
                let limit = Deadline.after(milliseconds: 60_000)
                var taken: Int64
                repeat {
                    let start = Deadline.now.milliseconds
                    do throws(PromptError) {
                        _ = try ask(dialog, kind)
                        outcome = nil
                    } catch { outcome = error }
                    taken = Deadline.now.milliseconds - start
                } while script == "exit 1" && taken >= 500 && !limit.hasPassed
                #expect(outcome == .nowhere([reason]))
            }
            #expect(dialog.isGone())
        }

        @Test("one whose display is gone was not sent away, and one that some display is left for was")
        func lostDisplay() throws {
            let gone = ["DISPLAY": ":931", "WAYLAND_DISPLAY": "/nowhere/wayland-0"]
            let dialog = try FakeDialog("sleep 0.7; exit 1")
            let folder = dialog.folder
            for kind in [PromptRequest.Kind.code, .confirmation] {
                #expect(throws: PromptError.nowhere(["the display went away"])) {
                    try ask(dialog, kind, with: gone)
                }
            }
            // A compositor that is busy says nothing for a while.
            let busy = try UnixSocket.listen(at: folder + "/wayland-0", backlog: 4)
            defer { withExtendedLifetime(busy) {} }
            let left = ["DISPLAY": ":931", "WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": folder]
            #expect(throws: PromptError.dismissed) { try ask(dialog, with: left) }
        }

        @Test("without a display nothing is started, and without a program nothing is shown")
        func unavailable() throws {
            let dialog = try FakeDialog("echo 123456")
            #expect(throws: PromptError.nowhere(["no display for a dialog"])) {
                try ask(dialog, with: ["DISPLAY": "", "WAYLAND_DISPLAY": ""])
            }
            #expect(dialog.starts == 0)
            #expect(try ask(dialog, with: ["DISPLAY": "", "WAYLAND_DISPLAY": "wayland-0"]) == "123456")
            #expect(throws: PromptError.nowhere(["neither zenity nor kdialog"])) {
                try ask(dialog, with: ["PATH": "/x"])
            }
        }

        @Test("a refused code is asked for in a new window that says why")
        func refused() throws {
            let dialog = try FakeDialog("read n <pid; wc -l <pid | grep -q '^1$' && echo 111111 || echo 222222")
            let answer = try ask(dialog, with: ["PATH": dialog.folder + ":/usr/bin:/bin"]) { code in
                text(code) == "111111" ? CodeRejection("used already", until: .after(milliseconds: 17_000)) : nil
            }
            #expect(answer == "222222")
            #expect(dialog.starts == 2)
            #expect(dialog.arguments[1].hasPrefix("--text=used already; the next one in 17 s\n\nwarder needs"))
        }

        @Test(
            "whatever it does, it is gone with all that it has started",
            arguments: [
                "sleep 60 & echo $! >>pid; wait", "trap '' TERM; while :; do :; done", "exec yes",
                "head -c 300000 /dev/zero >&2; sleep 60 & echo $! >>pid; touch flooded; wait",
            ])
        func takenDown(script: String) throws {
            let dialog = try FakeDialog(script)
            // Its messages are to be taken, or it waits with the rest of them.
            let flooded = dialog.folder + "/flooded"
            func hasBegun() -> Bool {
                dialog.starts > 0 && (!script.contains("flooded") || FileManager.default.fileExists(atPath: flooded))
            }
            // On a busy machine it takes a longer deadline until it has.
            var limit: Int64 = 1500
            repeat {
                let start = Deadline.now.milliseconds
                #expect(throws: PromptError.timedOut) { try ask(dialog, milliseconds: limit) }
                let taken = Deadline.now.milliseconds - start - limit
                print("taken down after \(taken) ms")
                #expect(taken < 40_000)
                limit *= 2
            } while !hasBegun() && limit < 60_000
            // What it has started is nobody's child here: the kernel's first process waits for it.
            let deadline = Deadline.after(milliseconds: 60_000)
            while !dialog.isGone(), !deadline.hasPassed { Linux.sleep(milliseconds: 10) }
            #expect(dialog.isGone())
            #expect(hasBegun())
        }

        @Test("it gets no passphrase, no descriptor but its pipes, and signals as they were")
        func inherited() throws {
            let dialog = try FakeDialog(
                """
                printf '%s\n' ${!WARDER_*} >variables
                while read -r line; do case $line in SigBlk*|SigIgn*) echo "$line" ;; esac; done </proc/$$/status >signals
                /usr/bin/ls -l /proc/$$/fd >descriptors
                [ "$(/usr/bin/ps -o pgid= $$ | /usr/bin/tr -d ' ')" = $$ ] && echo yes >leads
                echo 123456
                """)
            let run = try run(
                ["race", "code", patience, "dialog"], .none, [],
                [
                    "DISPLAY": ":77", "PATH": dialog.folder, "WARDER_PASSPHRASE": "planted",
                    "WARDER_NEW_PASSPHRASE_FD": "planted too",
                ])
            #expect(run.answer == "answer 123456" && run.hasNoChildren)
            #expect(dialog.lines("variables").isEmpty)
            let signals = dialog.lines("signals").compactMap { UInt64($0.suffix(16), radix: 16) }
            #expect(signals.count == 2 && signals[0] == 0)
            #expect(signals.count == 2 && signals[1] & 1 << UInt64(SIGPIPE - 1) == 0)
            #expect(dialog.lines("leads") == ["yes"])
            let open = dialog.lines("descriptors")
            #expect(open.contains { $0.contains(" 0 -> /dev/null") })
            let pipes = open.filter { line in
                ["pipe:", "socket:", "anon", "/dev/pts"].contains { line.contains("-> " + $0) }
            }
            #expect(pipes.count == 2 && pipes.allSatisfy { $0.contains(" 1 -> pipe:") || $0.contains(" 2 -> pipe:") })
        }
    }
}
