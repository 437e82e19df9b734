import Failures
import Linux
import RoomSupport
import Testing

@testable import Setup

@Suite("Setup: what every command stands on")
struct ContextTests {
    @Test("nobody is asked where the command line or the variable says so")
    func mayPrompt() throws {
        let home = try TestHome()
        #expect(try home.context().mayPrompt)
        #expect(try !home.context(noPrompt: true).mayPrompt)
        #expect(try !home.context(["WARDER_NO_PROMPT": "1"]).mayPrompt)
        #expect(try home.context(["WARDER_NO_PROMPT": ""]).mayPrompt)
        #expect(try home.context(["WARDER_NO_PROMPT": "0"]).mayPrompt)
    }

    @Test("a dialog of the desktop's own is for people alone")
    func dialogs() throws {
        let home = try TestHome()
        #expect(try home.context().mayShowDialog)
        #expect(try !home.context(isHelper: true).mayShowDialog)
        #expect(try !home.context(noPrompt: true).mayShowDialog)
    }

    @Test("without a terminal nobody can be asked, and what that means is the caller's to say")
    func unasked() throws {
        let context = try TestHome().context()
        #expect(!context.canAsk)
        #expect(try context.ask("well? ") == nil)
        #expect(try context.confirm("well?", otherwise: true, unasked: false) == false)
        #expect(try context.confirm("well?", otherwise: false, unasked: true) == true)
    }

    @Test("a path that starts at the home folder is written out")
    func expanded() throws {
        let home = try TestHome()
        let context = try home.context()
        #expect(context.expanded("~/keys/mine") == home.path + "/keys/mine")
        for path in ["/keys", "keys", "~", "~bob/keys", "./~/keys", ""] { #expect(context.expanded(path) == path) }
    }

    @Test("systemd's credentials lie in an absolute folder, or nowhere")
    func credentials() throws {
        let home = try TestHome()
        #expect(try home.context(["CREDENTIALS_DIRECTORY": "/run/c"]).credentialsFolder == "/run/c")
        #expect(try home.context(["CREDENTIALS_DIRECTORY": "run/c"]).credentialsFolder == nil)
        #expect(try home.context(["CREDENTIALS_DIRECTORY": ""]).credentialsFolder == nil)
        #expect(try home.context().credentialsFolder == nil)
    }

    @Test("why a runtime folder is not used is said, once it matters")
    func runtimeFolder() throws {
        let home = try TestHome()
        try home.context().reportUnusedRuntimeFolder()
        try home.context(["XDG_RUNTIME_DIR": "relative"]).reportUnusedRuntimeFolder()
        #expect(home.console.lines.isEmpty)
        try home.makeFolder("open")
        try home.setMode(0o777, of: "open")
        try home.write("", to: "file")
        for (file, why) in [("open", "others can write to it (mode 777)"), ("file", "it is not a folder")] {
            let path = home.path + "/" + file
            try home.context(["XDG_RUNTIME_DIR": path]).reportUnusedRuntimeFolder()
            #expect(
                home.console.lines.last
                    == "warder: XDG_RUNTIME_DIR is not used, as if it were not set: \(path): \(why)")
        }
    }

    @Test("a person is told at once")
    func notices() throws {
        let home = try TestHome()
        let context = try home.context()
        context.notices.add("one")
        context.notices.add("two\u{1b}[31m")
        #expect(home.console.lines == ["warder: one", "warder: two\\u{1b}[31m"])
        context.notices.release()
        #expect(home.console.lines.count == 2, "what was said is not said again")
    }

    @Test("the helper of an SDK says nothing beside an answer, and all of it where it fails")
    func heldNotices() throws {
        let home = try TestHome()
        let context = try home.context(isHelper: true)
        context.notices.add("one")
        context.notices.add("two")
        #expect(home.console.lines.isEmpty)
        context.notices.release()
        #expect(home.console.lines == ["warder: one", "warder: two"])
        context.notices.release()
        #expect(home.console.lines.count == 2)
    }

    @Test("in front of a terminal the helper is heard at once")
    func helperAtTerminal() throws {
        let console = RecordingConsole(isTerminal: true)
        Notices(isHelper: true, console).add("one")
        #expect(console.lines == ["warder: one"])
    }

    @Test("a failure is two lines, and what is from outside is escaped in them")
    func failure() throws {
        let home = try TestHome()
        Failure(.locked, "the vault \u{1b}]0;x\u{7} is locked", hint: "run\nthis").show(on: home.console)
        #expect(home.console.lines.count == 2)
        #expect(home.console.lines.allSatisfy { line in line.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
        #expect(home.console.lines[0].hasPrefix("warder: the vault ") && home.console.lines[1].hasPrefix("hint: run"))
    }
}
