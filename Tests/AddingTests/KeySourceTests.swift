import Failures
import Foundation
import RoomSupport
import Secrets
import Setup
import Testing

@testable import Adding

private let columns = "User name,Access key ID,Secret access key"

@Suite("Adding: where a key comes from")
struct KeySourceTests {
    private func read(
        _ source: KeySource, _ text: String = "", name: String = "bob", in home: TestHome,
        refusing: (String) throws(Failure) -> Void = { _ in }
    ) throws(Failure) -> String {
        let input = StandardInput(text)
        defer { withExtendedLifetime(input) {} }
        let key = try source.read(home.context(reading: input), name: name, refusing: refusing)
        return key.accessKeyID + " " + RoomSupport.text(key.secret)
    }

    private static let both = identifier + " " + secretText

    @Test(
        "standard input has the key in every form that is clear",
        arguments: [
            "{0}\n{1}\n", "{0}\n{1}", "{0}\r\n{1}\r\n", "  {0} \n {1} \n", "\n{0}\n\n{1}\n", "{0},{1}\n", "{0}\t{1}\n",
            "aws_secret_access_key = {1}\naws_access_key_id = {0}\n",
            "[x]\nregion=y\nAWS_ACCESS_KEY_ID={0}\nAWS_SECRET_ACCESS_KEY={1}",
            "export AWS_ACCESS_KEY_ID=\"{0}\"\nexport AWS_SECRET_ACCESS_KEY=\"{1}\"\n",
            "{\n  \"AccessKey\": {\n    \"UserName\": \"bob\",\n    \"AccessKeyId\": \"{0}\",\n    \"SecretAccessKey\": \"{1}\"\n}}",
        ])
    func standardInput(form: String) throws {
        #expect(try read(.standardInput, filled(form), in: TestHome()) == Self.both)
    }

    private func filled(_ form: String) -> String {
        form.replacingOccurrences(of: "{0}", with: identifier).replacingOccurrences(of: "{1}", with: secretText)
    }

    @Test("what stands behind the key is left for whom it belongs to")
    func rest() throws {
        let input = StandardInput("\(identifier)\n\(secretText)\nthe seed\n")
        _ = try KeySource.standardInput.read(TestHome().context(reading: input), name: "bob") { _ in }
        #expect(text(try readLines(2, of: "the seed", from: input.descriptor)) == "the seed\n")
    }

    @Test(
        "what is no key is refused, and nothing of it is shown",
        arguments: [
            ("", ExitCode.badConfig, "there is no access key id in standard input"),
            ("\n\n", .badConfig, "there is no access key id in standard input"),
            ("AKIA\nsecretsecretsecretsecret\n", .badConfig, "standard input has no valid access key id"),
            ("{0}\n", .badConfig, "there is no secret access key in standard input"),
            ("AKIA\n{1}\n", .badConfig, "standard input has no valid access key id"),
            ("{1}\n{0}\n", .badConfig, "standard input has a secret access key where its id belongs"),
            ("{0}\n{0}\n", .badConfig, "standard input has an access key id where the secret belongs"),
            ("{0}\nshort\n", .badConfig, "the secret access key from standard input is not one"),
            ("\0\n\0\n", .badConfig, "there is no access key id in standard input"),
            ("ASIAADDED00000000000\n{1}\n", .usage, "the key from standard input is a session's, not a long-term one"),
            (
                "aws_access_key_id = {0}\naws_session_token = x\n", .usage,
                "the key from standard input is a session's, not a long-term one"
            ),
        ])
    func refused(form: String, code: ExitCode, message: String) throws {
        let home = try TestHome()
        let failure = refusal { _ = try read(.standardInput, filled(form), in: home) }
        #expect(failure?.code == code)
        #expect(failure?.message == message)
        #expect(failure?.message.contains(secretText) == false && failure?.hint.contains(secretText) == false)
        #expect(failure?.message.contains("secretsecret") == false)
    }

    @Test("a line that is too long for a key is not read to its end")
    func tooLong() throws {
        let home = try TestHome()
        let failure = refusal { _ = try read(.standardInput, String(repeating: "x", count: 5000), in: home) }
        #expect(failure?.code == .usage && failure?.message == "standard input does not hold the key")
    }

    @Test("a key is refused by its id before it is used", arguments: [KeySource.standardInput, .environment])
    func refusing(source: KeySource) throws {
        let home = try TestHome(environment: ["AWS_ACCESS_KEY_ID": identifier, "AWS_SECRET_ACCESS_KEY": secretText])
        let failure = refusal {
            _ = try read(source, filled("{0}\n{1}\n"), in: home) { (id) throws(Failure) in
                throw Failure(.other, "no: \(id)", hint: "")
            }
        }
        #expect(failure?.message == "no: \(identifier)")
    }

    @Test("the environment gives both, and no session's")
    func environment() throws {
        let variables = ["AWS_ACCESS_KEY_ID": identifier, "AWS_SECRET_ACCESS_KEY": secretText]
        let home = try TestHome(environment: variables)
        #expect(try read(.environment, in: home) == Self.both)
        home.set("AWS_SESSION_TOKEN", "")
        #expect(try read(.environment, in: home) == Self.both)
        home.set("AWS_SESSION_TOKEN", "t")
        let session = refusal { _ = try read(.environment, in: home) }
        #expect(session?.code == .usage && session?.message == "the environment holds a session, not a long-term key")
        for name in variables.keys {
            let other = try TestHome(environment: variables)
            other.set(name, nil)
            let failure = refusal { _ = try read(.environment, in: other) }
            #expect(failure?.code == .notFound)
            #expect(failure?.message == "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set")
            #expect(failure?.hint == "export both of them")
        }
    }

    @Test(
        "the console's download has its columns by their names, and of several users the one that is meant",
        arguments: [
            "Access key ID,Secret access key\n{0},{1}\n", "\u{feff}Access key ID,Secret access key\r\n{0},{1}\r\n",
            "Access key ID,Secret access key\n{0},{1}",
            "\"Access key ID\",\"Secret access key\"\n\"{0}\",\"{1}\"\n", columns + "\nanybody,{0},{1}\n",
            "\"Secret access key\",\"Access key ID\"\r\n\"{1}\",\"{0}\"\r\n",
            "User name,Password,Access key ID,Secret access key,Console login link\nbob,\"a,\"\"b\"\",\n\",{0},{1},https://x\n",
            columns + "\nalice,AKIAOTHEROTHEROTHER1,{1}x\nbob,{0},{1}\n",
            "\u{feff}" + columns + "\nbob,{0},{1}\n",
        ])
    func csv(form: String) throws {
        let home = try TestHome()
        try home.write(filled(form), to: "keys of bob.csv")
        #expect(try read(.csv(path: home.path + "/keys of bob.csv"), in: home) == Self.both)
    }

    @Test(
        "what is no such file is refused by its name",
        arguments: [
            (
                columns + "\nalice,{0},{1}\ncarol,{0},{1}\n", ExitCode.notFound, "has the keys of several users",
                "alice, carol"
            ),
            (
                "Access key ID,Secret access key\n{0},{1}\n{0},{1}\n", .badConfig, "has several keys",
                "leave one of them"
            ),
            (columns + "\n", .badConfig, "has no key below its head line", "download it again"),
            ("{0},{1}\n", .badConfig, "is not a key as the AWS console gives it", "names the columns"),
            (
                columns + "\nbob,{1},{0}\n", .badConfig, "has a secret access key where its id belongs",
                "give the id first"
            ),
            (columns + "\nbob,{0},{0}\n", .badConfig, "where the secret belongs", "behind the id"),
            (columns + "\nbob,ASIAASIAASIAASIAASIA,{1}\n", .usage, "is a session's", "AKIA"),
            (columns + "\nbob,akia,{1}\n", .badConfig, "has no valid access key id", "AKIA and 16"),
        ])
    func noSuchFile(form: String, code: ExitCode, message: String, hint: String) throws {
        let home = try TestHome()
        try home.write(filled(form), to: "k.csv")
        let path = home.path + "/k.csv"
        let failure = refusal { _ = try read(.csv(path: path), in: home) }
        #expect(failure?.code == code && failure?.message.contains(path) == true)
        #expect(failure?.message.contains(message) == true && failure?.hint.contains(hint) == true)
        #expect(failure?.message.contains(secretText) == false)
    }

    @Test("another kind of id is named")
    func foreignIdentifier() throws {
        let home = try TestHome()
        try home.write(filled(columns + "\nbob,AROAABCDEFGHIJKLMNOPQ,{1}\n"), to: "k.csv")
        let failure = refusal { _ = try read(.csv(path: home.path + "/k.csv"), in: home) }
        #expect(failure?.code == .badConfig && failure?.message == "AROA… is a role's id, not an access key's")
    }

    @Test("a file in UTF-16, and one that is not there")
    func files() throws {
        let home = try TestHome()
        let path = home.path + "/k.csv"
        let absent = refusal { _ = try read(.csv(path: path), in: home) }
        #expect(absent?.message.hasPrefix("the file of the key: ") == true && absent?.message.contains(path) == true)
        let wide = filled(columns + "\nbob,{0},{1}\n").utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        try Data([0xff, 0xfe] + wide).write(to: URL(filePath: path))
        let failure = refusal { _ = try read(.csv(path: path), in: home) }
        #expect(failure?.code == .badConfig && failure?.message == "\(path) is UTF-16, not UTF-8")
    }

    @Test("that the file still holds the secret is said, of one that can be shredded")
    func warned() throws {
        let home = try TestHome()
        try home.write("x", to: "keys of bob.csv")
        let context = try home.context()
        let path = home.path + "/keys of bob.csv"
        KeySource.csv(path: path).warn(context)
        #expect(
            home.console.lines == [
                "warder: \(path) still holds the secret in plain text",
                "hint: once the key works: shred -u '\(path)'",
            ])
        KeySource.csv(path: "/dev/null").warn(context)
        KeySource.standardInput.warn(context)
        KeySource.environment.warn(context)
        #expect(home.console.lines.count == 2)
    }

    @Test("where nobody may be asked, the terminal is not")
    func notAllowed() throws {
        let home = try TestHome()
        let failure = refusal { _ = try read(.terminal, in: home) }
        #expect(failure?.code == .promptNeeded && failure?.message == "the key is needed, and prompts are switched off")
        let noTerminal = refusal { _ = try KeySource.terminal.read(home.context(), name: "bob") { _ in } }
        #expect(noTerminal?.message == "the key is needed, and there is no terminal to ask on")
    }
}
