import Failures
import Issuing
import RoomSupport
import Secrets
import Testing
import Threads
import Times

@Suite("Another program's credentials", .waits)
struct ProgramTests {
    private func rig(_ command: String, _ more: String = "") throws -> Rig {
        try Rig("[profile p]\nregion = eu-west-1\ncredential_process = \(command)\n" + more, credentials: "")
    }

    /// A program that prints this.
    private func printing(_ text: String) throws -> Rig {
        let rig = try rig("cat ~/answer")
        try rig.home.write(text, to: "answer")
        try rig.home.write(
            "[profile p]\nregion = eu-west-1\ncredential_process = cat \(rig.home.path)/answer\n", to: ".aws/config")
        return rig
    }

    private static func printed(_ members: String = "", version: String = "1", id: String = #""AKIAPROGRAM""#) -> String
    {
        let more = members.isEmpty ? "" : ", " + members
        return #"{"Version": \#(version), "AccessKeyId": \#(id), "SecretAccessKey": "secret of it"\#(more)}"#
    }

    @Test("what it prints is the answer, and is not kept where it does not end")
    func answer() throws {
        let rig = try rig("")
        try rig.home.write(
            "[profile p]\ncredential_process = echo ran >> \(rig.home.path)/runs; echo '\(Self.printed())'\n",
            to: ".aws/config")
        for _ in 0..<2 {
            let key = try rig.issuer("p").credentials()
            #expect(key.accessKeyID == "AKIAPROGRAM" && text(key.secret) == "secret of it" && key.expiration == nil)
        }
        #expect(try rig.home.read("runs") == "ran\nran\n")
    }

    @Test("a session of it is kept, encrypted")
    func kept() throws {
        let rig = try rig("")
        let end = UnixTime(rig.clock.now + 7200).iso8601
        let answer = Self.printed(#""SessionToken": "t", "Expiration": "\#(end)""#)
        try rig.home.write(
            "[profile p]\ncredential_process = echo ran >> \(rig.home.path)/runs; echo '\(answer)'\n", to: ".aws/config"
        )
        #expect(try rig.key(of: "p") == rig.key(of: "p"))
        #expect(try rig.home.read("runs") == "ran\n")
        let isPlain = try rig.home.holds("secret of it")
        #expect(!isPlain)
    }

    @Test(
        "what is no answer is said by the member that is wrong, and shows no secret",
        arguments: [
            ("", "JSON"), ("hello", "JSON"), ("[]", "JSON"), (printed() + printed(), "JSON"),
            (printed(version: "2"), "Version 1"), (printed(version: #""1""#), "Version 1"),
            (#"{"Version": 1}"#, "AccessKeyId"), (printed(id: #""""#), "AccessKeyId"),
            (printed(id: #"["A"]"#), "AccessKeyId"), (printed(id: #""A\n\u0007B""#), "AccessKeyId"),
            (printed().replacing("secret of it", with: ""), "SecretAccessKey"),
            (printed().replacing(#""secret of it""#, with: "17"), "SecretAccessKey"),
            (printed(#""SessionToken": 17"#), "SessionToken"), (printed(#""Expiration": "soon""#), "Expiration"),
            (printed(#""Expiration": "2001-01-01T00:00:00Z""#), "ended"), (printed(#""Expiration": 5"#), "Expiration"),
        ])
    func nonsense(text: String, mention: String) throws {
        let rig = try printing(text)
        let failure = rig.failure(of: "p")
        #expect(failure?.code == .badConfig)
        #expect(failure?.message.contains(mention) == true)
        #expect(failure?.message.contains("/.aws/config:3: ") == true)
        #expect(failure?.message.contains("secret of it") == false)
    }

    @Test(
        "how it fails is said",
        arguments: [
            ("exit 3", "code 3"), ("kill -9 $$", "9"), ("exec /nowhere", "code 127"),
            ("head -c 100000 /dev/zero | tr '\\0' x", "65536"), ("exec cat /dev/zero", "65536"),
        ])
    func fails(command: String, mention: String) throws {
        let rig = try rig(command)
        let failure = rig.failure(of: "p")
        #expect(failure?.code == .other)
        #expect(failure?.message.contains(mention) == true)
    }

    @Test(
        "a member that is empty or null is none", arguments: ["SessionToken", "Expiration", "AccountId"],
        [#""""#, "null"])
    func emptyMember(name: String, value: String) throws {
        let rig = try printing(Self.printed(#""\#(name)": \#(value)"#))
        let key = try rig.issuer("p").credentials()
        #expect(text(ifPresent: key.sessionToken) == nil && key.expiration == nil && key.accountID == nil)
    }

    @Test("a session with an empty token is kept without one")
    func emptyToken() throws {
        let end = UnixTime(TestClock.start + 7200).iso8601
        let rig = try printing(Self.printed(#""SessionToken": "", "Expiration": "\#(end)""#))
        #expect(text(ifPresent: try rig.issuer("p").credentials().sessionToken) == nil)
        try rig.home.write("{}", to: "answer")
        #expect(text(ifPresent: try rig.issuer("p").credentials().sessionToken) == nil)
    }

    @Test(
        "an end is read in every form of ISO 8601",
        arguments: [
            "2024-11-21T10:00:00Z", "2024-11-21T10:00:00+0000", "2024-11-21T10:00:00+00", "2024-11-21 10:00:00Z",
            "2024-11-21t10:00:00z", "2024-11-21T10:00:00.5Z", "2024-11-21T10:00:00,25Z", "20241121T100000Z",
            "2024-W47-4T10:00:00Z", "2024-326T10:00:00Z", "2024-11-21T12:00+02",
        ])
    func ends(written: String) throws {
        let rig = try printing(Self.printed(#""SessionToken": "t", "Expiration": "\#(written)""#))
        #expect(try rig.issuer("p").credentials().expiration == TestClock.start + 7200)
    }

    @Test("an end far away is cut to what STS gives at most")
    func farEnd() throws {
        let rig = try printing(Self.printed(#""SessionToken": "t", "Expiration": "2099-11-29T15:25+02""#))
        #expect(try rig.issuer("p").credentials().expiration == TestClock.start + 129_600)
    }

    @Test(
        "an account may be a number",
        arguments: [("123456789012", "123456789012"), ("1", "000000000001"), (#""12""#, "12")])
    func account(written: String, meant: String) throws {
        let rig = try printing(Self.printed(#""AccountId": \#(written)"#))
        #expect(try rig.issuer("p").credentials().accountID == meant)
    }

    @Test("a program is told which commands are waited for, and one of those is refused before any lock")
    func circle() throws {
        let rig = try rig("")
        try rig.home.write(
            "[profile p]\ncredential_process = echo $WARDER_WAITING_FOR > \(rig.home.path)/seen\n", to: ".aws/config")
        _ = rig.failure(of: "p")
        let waiting = try rig.home.read("seen").split(separator: "\n").joined()
        #expect(waiting.utf8.count == 32)
        // What it is told tells nothing of the command.
        rig.home.set("WARDER_WAITING_FOR", "0000:" + waiting)
        let failure = failureOf { () throws(Failure) in try rig.issuer("p") }
        #expect(failure?.code == .badConfig)
        #expect(failure?.message.contains("the credential_process calls itself") == true)
        rig.home.set("WARDER_WAITING_FOR", "0000")
        #expect(failureOf { () throws(Failure) in try rig.issuer("p") } == nil)
    }

    @Test("a program that fails is told to those who waited, and to no later one")
    func told() throws {
        let rig = try rig("")
        try rig.home.write(
            "[profile p]\ncredential_process = echo ran >> \(rig.home.path)/runs; exit 1\n", to: ".aws/config")
        #expect(rig.failure(of: "p")?.code == .other)
        #expect(rig.failure(of: "p")?.code == .other)
        #expect(try rig.home.read("runs") == "ran\nran\n")
    }

    @Test("many at once run it once")
    func once() throws {
        let rig = try rig("")
        let end = UnixTime(rig.clock.now + 900).iso8601
        let answer = Self.printed(#""SessionToken": "t", "Expiration": "\#(end)""#)
        try rig.home.write(
            "[profile p]\ncredential_process = echo ran >> \(rig.home.path)/runs; echo '\(answer)'\n", to: ".aws/config"
        )
        #expect(rig.crowd(6, of: "p") == Array(repeating: .key("AKIAPROGRAM"), count: 6))
        #expect(try rig.home.read("runs") == "ran\n")
    }
}
