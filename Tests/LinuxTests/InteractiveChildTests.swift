import Glibc
import Linux
import Secrets
import Testing
import Threads

/// warder ignores it from its start.
private let pipeSignal = IgnoredSignal(SIGPIPE)

@Suite("A child that is talked to", .waits)
struct ConversationTests {
    @Test("it hears lines and answers them, and ends when it has nothing more to hear")
    func lines() throws {
        _ = pipeSignal
        var child = try InteractiveChild(with: "/usr/bin/cat", withheld: [])
        var line = SecretBytes(capacity: 64)
        for word in ["one", "", "two words"] {
            let said = child.say(word)
            #expect(said)
            let outcome = child.hear(&line, limit: 64, until: .after(milliseconds: 60_000))
            #expect(outcome == .line)
            #expect(text(line) == word)
        }
        _ = child.say("12345")
        let short = child.hear(&line, limit: 4, until: .after(milliseconds: 60_000))
        #expect(short == .tooLong)
        // Its input is still open, so that it would go on.
        let end = child.end()
        #expect(end == nil)
    }

    @Test("one that says nothing is waited for until the deadline, and one that is gone shows")
    func silence() throws {
        _ = pipeSignal
        var line = SecretBytes(capacity: 64)
        let silent = try InteractiveChild(with: "/usr/bin/cat", withheld: [])
        let late = silent.hear(&line, limit: 64, until: .after(milliseconds: 50))
        #expect(late == .timedOut)
        var gone = try InteractiveChild(with: "/usr/bin/false", withheld: [])
        let nothing = gone.hear(&line, limit: 64, until: .after(milliseconds: 60_000))
        #expect(nothing == .end)
        let failure = gone.end()
        #expect(failure == .failed(program: "/usr/bin/false", code: 1))
        // Another test may start a child at this moment, which has a copy of the pipe until it becomes its program.
        let deadline = Deadline.after(milliseconds: 10_000)
        var said = true
        while said, !deadline.hasPassed { said = gone.say("hello?") }
        #expect(!said)
    }

    @Test("what is no program cannot be started, and leaves no signal held back")
    func missing() throws {
        let before = isHeld(SIGINT)
        #expect(throws: ChildError.notStarted(program: "/nowhere/x", code: ENOENT)) {
            _ = try InteractiveChild(with: "/nowhere/x", withheld: [])
        }
        #expect(isHeld(SIGINT) == before)
    }

    @Test("it is gone with the value, and signals are let go, whatever this thread held back")
    func gone() throws {
        let before = isHeld(SIGINT)
        var line = SecretBytes(capacity: 64)
        do {
            let child = try InteractiveChild(with: "/usr/bin/cat", withheld: [], gracePeriod: 60_000)
            _ = child.say("hello")
            _ = child.hear(&line, limit: 64, until: .after(milliseconds: 60_000))
            #expect(isHeld(SIGINT))
            let start = Deadline.now.milliseconds
            _ = consume child
            // SIGTERM was enough.
            #expect(Deadline.now.milliseconds - start < 30_000)
        }
        #expect(isHeld(SIGINT) == before)
    }

    private func isHeld(_ signal: Int32) -> Bool {
        var held = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &held)
        return sigismember(&held, signal) == 1
    }
}

@Suite("What stands at a path")
struct PresenceTests {
    @Test("a link to nowhere stands; only a plain file that may be run is a program")
    func presence() {
        let path = "/tmp/warder-presence-\(getpid())"
        symlink("/nowhere", path)
        #expect(fileExists(path) && !isProgram(path))
        unlink(path)
        #expect(!fileExists(path) && !isProgram(path))
        #expect(isProgram("/bin/sh") && !isProgram("/bin"))
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(fileExists(path) && !isProgram(path))
        unlink(path)
    }
}
