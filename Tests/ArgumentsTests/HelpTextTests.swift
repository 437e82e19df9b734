import Arguments
import Testing

@Suite("The text of help")
struct HelpTextTests {
    @Test func ofACommand() {
        #expect(
            help([Root.self, Copy.self]) == """
                Copies something.

                usage: tool copy [--force] [--mode <mode>] [--depth <levels>] [--note <note>]
                       [--[no-]links] <from> [<to>] [<others>]...

                example: tool copy a b

                arguments:
                  <from>                  Where it is.
                  <to>                    Where it goes.
                  <others>                What goes with it.

                options:
                  --force                 Overwrite what is there.
                  --mode <mode>           fast or safe. safe is slower.
                  --depth <levels>        How deep.
                  --note <note>           A note.
                  --[no-]links            Follow links.
                  -h, --help              Show this help.

                """)
    }

    @Test func ofTheRoot() {
        #expect(
            help([Root.self]) == """
                Does things.

                usage: tool <command>

                things:
                  copy        Copies something.
                  run         Runs something.

                more:
                  box         A box.

                options:
                  -h, --help              Show this help.
                  -V, --version           Show the version.

                tool help COMMAND tells more about a command.

                """)
    }

    @Test func ofACommandThatRunsAProgram() {
        #expect(
            help([Root.self, Run.self]).contains(
                "usage: tool run [--quiet] [--wait <wait>] <place> [[--] <command>...]\n"))
    }

    @Test func ofAGroup() {
        let text = help([Root.self, Box.self])
        #expect(text.contains("  show        Shows it.\n  move        Moves it.\n"))
        #expect(!text.contains("plain") && text.contains("\nusage: tool box [<command>]\n"))
        #expect(text.hasSuffix("tool help box COMMAND tells more about one of them.\n"))
    }

    @Test func anOptionThatMustBeGivenIsNotInBrackets() {
        #expect(help([Root.self, Box.self, Move.self]).contains("usage: tool box move --to <to>\n"))
    }
}
