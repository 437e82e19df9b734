import Foundation
import Linux
import Secrets
import Testing
import Threads

/// Whether this kernel lets this process keep keys.
private let hasKeyring: Bool = {
    let probe = "warder-test:probe-\(getpid())"
    guard (try? KernelKeyring.put(SecretBytes("x"), probe, seconds: 5)) != nil else { return false }
    _ = try? KernelKeyring.remove(probe)
    return true
}()

@Suite("The kernel keyring", .waits, .enabled(if: hasKeyring, "this kernel refuses keys to this process"))
struct KernelKeyringTests {
    let name = "warder-test:" + UUID().uuidString

    @Test("what is put is got, replaced, and removed")
    func life() throws {
        do {
            let absent = try isAbsent(KernelKeyring.get(name, limit: 64))
            #expect(absent)
        }
        try KernelKeyring.put(SecretBytes("first"), name, seconds: 30)
        try KernelKeyring.put(SecretBytes("second"), name, seconds: 30)
        switch try KernelKeyring.get(name, limit: 64) {
        case .some(let secret): #expect(text(secret) == "second")
        case .none: Issue.record("the key is not there")
        }
        #expect(try KernelKeyring.remove(name))
        #expect(try KernelKeyring.remove(name) == false)
        do {
            let absent = try isAbsent(KernelKeyring.get(name, limit: 64))
            #expect(absent)
        }
    }

    @Test("it is gone when its time is out")
    func timeout() throws {
        let start = Deadline.now
        try KernelKeyring.put(SecretBytes("x"), name, seconds: 2)
        let limit = Deadline.after(milliseconds: 30_000)
        var absent = false
        while !absent && !limit.hasPassed {
            absent = try isAbsent(KernelKeyring.get(name, limit: 64))
            // The kernel counts whole seconds, the one that had begun too.
            if absent { #expect(Deadline.now.milliseconds - start.milliseconds >= 990) }
            if !absent { sleep(milliseconds: 20) }
        }
        #expect(absent)
    }

    @Test("a payload over the limit is refused, not cut")
    func limit() throws {
        try KernelKeyring.put(SecretBytes("longer"), name, seconds: 30)
        #expect(throws: KeyringError.refused(code: EMSGSIZE)) { _ = try KernelKeyring.get(name, limit: 3) }
        try KernelKeyring.remove(name)
    }
}

@Suite("Children", .waits)
struct ChildTests {
    @Test("what a command prints comes without line ends")
    func output() throws {
        #expect(
            try text(Linux.output(ofShellCommand: "printf '123456\\r\\n\\n'", withheld: [], limit: 64, until: nil))
                == "123456")
    }

    @Test("a failure says how the command ended")
    func failure() {
        #expect(throws: ChildError.failed(program: "exit 3", code: 3)) { try run("exit 3") }
        #expect(throws: ChildError.killed(program: "kill -9 $$", signal: 9)) { try run("kill -9 $$") }
    }

    @Test(
        "the end of what it said comes with the failure, fit to be shown",
        arguments: [
            ("echo no route >&2; exit 3", "no route"), ("printf 'a\\n\\n b \\nc\\r\\nd' >&2; exit 3", "b / c / d"),
            ("printf '\\033[31mred\\033[0m\\n' >&2; exit 3", "\\u{1b}[31mred\\u{1b}[0m"),
            ("printf 'a\\302\\233b' >&2; exit 3", "a\\u{9b}b"), ("exit 3", ""), ("echo ' ' >&2; exit 3", ""),
            ("seq 1 100000 >&2; echo last >&2; exit 3", "99999 / 100000 / last"),
            ("head -c 1000 /dev/zero | tr '\\0' x >&2; exit 3", String(repeating: "x", count: 300) + "…"),
            ("seq -s . 1 1000 >&2; echo why >&2; exit 3", "why"),
            ("echo '\"0123456789abcdef\"'; echo 'I gave 0123456789abc' >&2; exit 3", "(hidden)"),
            ("echo no route >&2; sleep 60 & exit 3", "no route"),
        ])
    func said(command: String, said: String) {
        let start = Deadline.now
        #expect(throws: ChildError.failed(program: command, code: 3, said: said)) { try run(command) }
        #expect(Deadline.now.milliseconds - start.milliseconds < 40_000)
    }

    @Test("what it said comes with other ends too, and what it must not repeat does not")
    func saidElsewise() {
        let killed = "echo bye >&2; kill -9 $$"
        #expect(throws: ChildError.killed(program: killed, signal: 9, said: "bye")) { try run(killed) }
        let late = "echo touch it >&2; sleep 60"
        #expect(throws: ChildError.timedOut(program: late, said: "touch it")) { try run(late, milliseconds: 500) }
        let flood = "while :; do echo y; done >&2"
        #expect(throws: ChildError.timedOut(program: flood, said: "y / y / y")) { try run(flood, milliseconds: 500) }
        let telling = "echo my tok-en12 3456-78 >&2; exit 1"
        #expect(throws: ChildError.failed(program: telling, code: 1, said: "(hidden)")) {
            var secrets = SentSecrets()
            secrets.add(SecretBytes("token12345678"))
            _ = try Linux.output(
                ofShellCommand: telling, withheld: [], limit: 64, until: nil, hiding: secrets)
        }
    }

    @Test("what it said beside an answer can be had, less what it printed")
    func saidBesideAnswer() throws {
        let answer = try Linux.commandOutput(
            ofShellCommand: "echo log in first >&2; echo of-the-answer | tee /dev/stderr", withheld: [], limit: 64,
            until: nil)
        let (printed, said) = (text(answer.text.copy()), answer.said())
        #expect(printed == "of-the-answer" && said == "log in first / (hidden)")
    }

    @Test(
        "names among the arguments are no secrets",
        arguments: [
            "python3 -m aws_credentials_helper", "python3 -c 'import nosuchmodule'", "x --profile AdministratorAccess",
            "python3 -c 'import nosuchmodule; nosuchmodule.get()'", "x someone@example.com", "sh tools/credentials.sh",
            "x --token-file credentials-of-alice", "x --profile prod-administrators", "/no/such/program1234 x",
        ])
    func names(command: String) {
        let secrets = Linux.secrets(ofShellCommand: command)
        let shown = secrets.shown(command)
        #expect(shown == command)
    }

    @Test(
        "other arguments are taken for secrets",
        arguments: [
            ("x --token 0123456789abcdef", "0123456789abcdef"), ("x --password=correct-horse-battery", "horse-battery"),
            ("x qWeRtYuIoPaSdFgHjK", "qWeRtYuIoPaSdFgHjK"), ("PASSWORD=correcthorsebattery x", "correcthorse"),
            ("x s3cretOfTheProgram", "s3cretOfTheProgram"), ("x 'wJalrXUtnFEMI/K7MDENG/bPxRfi'", "wJalrXUtnFEMI"),
        ])
    func secretArguments(command: String, part: String) {
        let secrets = Linux.secrets(ofShellCommand: command)
        let shown = secrets.shown("not " + part + "x")
        #expect(shown == nil)
    }

    @Test(
        "the program that a command line lacks is known by name",
        arguments: [
            ("/no/such/program --token x", "/no/such/program"), ("no-such-program", "no-such-program"),
            ("exec /nowhere", "/nowhere"), ("A=b no-such-program x", "no-such-program"), ("sh -c x", nil),
            ("'/no such/program' x", nil), ("'/no/such' x", "/no/such"), ("~/no x", "/home/of/no"), ("$X y", nil),
            ("env A=b no-such", "no-such"), ("/bin/sh", nil), ("", nil), ("(exit 127)", nil),
        ] as [(String, String?)])
    func missing(command: String, program: String?) {
        let variables = Environment { ["PATH": "/usr/bin:/bin", "HOME": "/home/of"][$0] }
        #expect(missingProgram(ofShellCommand: command, in: variables) == program)
    }

    @Test("a command that does not end is killed at the deadline")
    func timeout() {
        let start = Deadline.now
        #expect(throws: ChildError.timedOut(program: "exec sleep 60")) { try run("exec sleep 60", milliseconds: 200) }
        #expect(Deadline.now.milliseconds - start.milliseconds < 40_000)
    }

    @Test("endless output is cut off")
    func endless() {
        #expect(throws: ChildError.tooMuchOutput(program: "yes", limit: 64)) { try run("yes") }
    }

    @Test("one that closes its output and goes on is killed at the deadline, too")
    func silent() {
        let command = "echo 123456; exec >&-; exec sleep 60"
        #expect(throws: ChildError.timedOut(program: command)) { try run(command, milliseconds: 300) }
    }

    @Test("what it leaves running is not waited for")
    func leftBehind() throws {
        let start = Deadline.now
        #expect(
            try text(Linux.output(ofShellCommand: "echo 123456; sleep 60 &", withheld: [], limit: 64, until: nil))
                == "123456")
        #expect(Deadline.now.milliseconds - start.milliseconds < 40_000)
    }

    @Test("withheld variables do not reach it, others do")
    func variables() throws {
        setenv("WARDER_TEST_SECRET", "planted", 1)
        setenv("WARDER_TEST_SECRET_NOT", "seen", 1)
        let command = "echo \"${WARDER_TEST_SECRET-gone} $WARDER_TEST_SECRET_NOT\""
        #expect(
            try text(Linux.output(ofShellCommand: command, withheld: ["WARDER_TEST_SECRET"], limit: 64, until: nil))
                == "gone seen")
    }

    @Test("it reads nothing")
    func input() throws {
        #expect(try text(Linux.output(ofShellCommand: "wc -c", withheld: [], limit: 64, until: nil)) == "0")
    }

    private func run(_ command: String, milliseconds: Int64 = 60_000) throws(ChildError) {
        _ = try Linux.output(
            ofShellCommand: command, withheld: [], limit: 64, until: .after(milliseconds: milliseconds))
    }
}
