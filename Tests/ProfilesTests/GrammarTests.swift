import Profiles
import Secrets
import Testing

@Suite("The grammar, beyond the SDKs' suite")
struct GrammarTests {
    static let broken: [(String, ProfileError)] = [
        ("[profile a]\nx = 1\n\n[profile b", .unclosedSection(Origin(path: "config", line: 4))),
        ("[", .unclosedSection(Origin(path: "config", line: 1))),
        ("[profile a # ]", .unclosedSection(Origin(path: "config", line: 1))),
        ("[profile a] trailing", .unclosedSection(Origin(path: "config", line: 1))),
        ("# first\r\nname = value\r\n", .outsideSection(Origin(path: "config", line: 2))),
        ("[profile a]\n -x", .continuationOutsideProperty(Origin(path: "config", line: 2))),
        ("[profile a]\nx # = 1", .propertyWithoutEquals(Origin(path: "config", line: 2))),
        ("[profile a]\nlong_name_before_a_comment ; = 1", .propertyWithoutEquals(Origin(path: "config", line: 2))),
        ("[other thing]\n = 1", .continuationOutsideProperty(Origin(path: "config", line: 2))),
        ("[other thing]\n=1", .propertyWithoutName(Origin(path: "config", line: 2))),
        ("[profile a]\ns3 = # none\n x", .subpropertyWithoutEquals(Origin(path: "config", line: 3))),
        ("[profile a]\ns3 =\n x = 1\n = 1", .subpropertyWithoutName(Origin(path: "config", line: 4))),
        ("[profile a]\n  -x", .continuationOutsideProperty(Origin(path: "config", line: 2))),
        (" -x", .outsideSection(Origin(path: "config", line: 1))),
        ("  x = 1\n[profile a]", .outsideSection(Origin(path: "config", line: 1))),
        ("  [profile a", .unclosedSection(Origin(path: "config", line: 1))),
        ("  [profile a]\n  x = 1\n  word\n", .propertyWithoutEquals(Origin(path: "config", line: 3))),
        ("[profile a]\n  x = 1\n = 2\n", .propertyWithoutName(Origin(path: "config", line: 3))),
        ("[profile a]\n  s3 =\n    word\n", .subpropertyWithoutEquals(Origin(path: "config", line: 3))),
        // Old Macintosh line ends are no line ends.
        ("[profile a]\rx = 1\r", .unclosedSection(Origin(path: "config", line: 1))),
    ]

    @Test(arguments: broken)
    func namesTheLine(_ text: String, _ error: ProfileError) {
        #expect(throws: error) { try config(text) }
    }

    static let values: [(String, String?)] = [
        ("x = 1", "1"), ("x=1", "1"), ("X\t=\t1\t", "1"), ("x = a # b", "a"), ("x = a\t;b", "a"),
        ("x = a#b;c", "a#b;c"),
        ("x =#a", "#a"), ("x = #a", ""), ("x = a = b", "a = b"), ("x = 1\r\n y\r\n\r\n z", "1\ny\nz"),
        ("x = 1\n # about y\n y", "1\ny"), ("x = 1\n# about y\n y", "1\ny"), ("x = 1\n\ty # z", "1\ny # z"),
        ("x = 1\rstill x", "1\rstill x"), ("x = 1\nx y = 2", "1"), ("y = 1", nil), ("xx = 1", nil),
        ("a_rather_long_name = 0\nx = 1", "1"), ("a-b/c.d%e@f:g+h0 = 0\nx = 1", "1"), ("x = é😂", "é😂"),
    ]

    @Test(arguments: values)
    func readsValues(_ body: String, _ value: String?) throws {
        #expect(try profiles("[profile a]\n" + body).profile("a")?.written("x")?.value == value)
    }

    @Test(arguments: [
        "\u{FEFF}[profile a]\nx = 1", "\n\n[ profile\t a\t]\nx = 1", "[profile a]\n  # indented\nx = 1",
        "[profile a];\nx = 1", "[profile a]#[profile b]\nx = 1", "[profile a]\n[profile b]\ny = 2\n[profile a]\nx = 1",
    ])
    func findsSections(_ text: String) throws {
        #expect(try profiles(text).profile("a")?.plain("x")?.value == "1")
    }

    /// As botocore reads them: what is indented deeper than the setting above it is part of that.
    static let indented: [(String, [String: String])] = [
        ("[profile a]\n  x = 1\n  y = 2", ["x": "1", "y": "2"]),
        ("  [profile a]\n  x = 1\n  y = 2\n  [profile b]\n  x = 3", ["x": "1", "y": "2"]),
        ("\t[profile a] # c\r\n\tx = 1 # c\r\n\r\n\t# c\r\n\ty = 2\r\n", ["x": "1", "y": "2"]),
        ("[profile a]\n  x = 1\n    more\n  y = 2", ["x": "1\nmore", "y": "2"]),
        ("[profile a]\n  x =\n    p = 1\n    q = 2\n  y = 2", ["x": "\np = 1\nq = 2", "y": "2"]),
        ("[profile a]\n    x = 1\n  y = 2\nz = 3\n  more", ["x": "1", "y": "2", "z": "3\nmore"]),
        ("   [profile a]\nx = 1\n[profile b]", ["x": "1"]),
        ("[profile a]\nx = 1\n  [profile b]\n  y = 2", ["x": "1\n[profile b]\ny = 2"]),
        ("[profile b]\n  [profile a]\n    x = 1\n  [profile b]\n", ["x": "1"]),
        ("[profile a]\n  x = 1\n[profile b]\n y = 2\n[profile a]\n  z = 3\n  w = 4", ["x": "1", "z": "3", "w": "4"]),
        ("[profile a]\n  warder_key = k\n  Region = r", ["warder_key": "k", "region": "r"]),
    ]

    @Test(arguments: indented)
    func readsIndentedSections(_ text: String, _ settings: [String: String]) throws {
        #expect(try profiles(text).profile("a")?.materialized() == settings)
    }

    @Test func knowsTheLinesOfIndentedSettings() throws {
        let profile = try #require(try profiles("\n  [profile a]\n\n  x = 1\n  # c\n  s =\n     y = 2\n").profile("a"))
        #expect(profile.origin.line == 2)
        #expect(profile.origin(of: "x")?.line == 4)
        #expect(try profile.nested("s", "y")?.origin.line == 7)
    }

    @Test(arguments: [
        ([0xFF, 0xFE], true, "UTF-16"), ([0xFE, 0xFF], false, "UTF-16"), ([], true, "UTF-16LE"),
        ([], false, "UTF-16BE"),
    ])
    func namesUTF16(_ mark: [UInt8], _ isLittle: Bool, _ encoding: String) throws {
        for text in ["[profile a]\r\nregion = x\r\n", "# c\n[default]\n"] {
            let bytes = mark + text.utf16.flatMap { isLittle ? [UInt8($0 & 0xFF), 0] : [0, UInt8($0 & 0xFF)] }
            let expected = ProfileError.utf16(path: "config", try #require(WideEncoding(rawValue: encoding)))
            #expect(throws: expected) {
                try ProfileFile(text: SecretBytes(bytes: bytes), path: "config", kind: .config)
            }
        }
    }

    @Test(arguments: ["", "\n", "\r\n", "\u{FEFF}", "\0", " ", "#", "[profile a]"])
    func holdsNoSettings(_ text: String) throws {
        // A lone NUL byte is a property without a sign; everything else here is a file.
        guard text != "\0" else {
            #expect(throws: ProfileError.outsideSection(Origin(path: "config", line: 1))) { try config(text) }
            return
        }
        #expect(try profiles(text).profile("a")?.keys ?? [] == [])
    }

    @Test func readsOverWhatIsNotAskedForAndNotUTF8() throws {
        let bytes = Array("[profile a]\nx = 1\ny = ".utf8) + [0xFF, 0xC0, 0x0A] + Array("z = a\0b\n".utf8)
        let file = try ProfileFile(text: SecretBytes(bytes: bytes), path: "config", kind: .config)
        let profile = try #require(ProfileSet(config: file, credentials: nil).profile("a"))
        #expect(try profile.plain("x")?.value == "1")
        #expect(throws: ProfileError.unreadableValue(key: "y", Origin(path: "config", line: 3))) {
            try profile.plain("y")
        }
        #expect(throws: ProfileError.unreadableValue(key: "z", Origin(path: "config", line: 4))) {
            try profile.setting("z")
        }
    }

    @Test func takesLinesOfAnyLength() throws {
        let long = String(repeating: "v", count: 1 << 20)
        let set = try profiles("[profile a]\n\(long) = 1\nx = \(long)\n \(long)")
        #expect(try set.profile("a")?.plain("x")?.value == long + "\n" + long)
        #expect(try set.profile("a")?.plain(long)?.value == "1")
    }

    @Test func readsValuesBelowASetting() throws {
        let text = """
            [services local]
            s3 =
              endpoint_url = http://localhost:1
            sts =
              # moto
              Endpoint_URL = http://localhost:2 # here

              endpoint_url = http://localhost:3 # here
            empty =
            """
        let services = try #require(try profiles(text).services("local"))
        #expect(
            try services.nested("sts", "endpoint_url")
                == Setting(value: "http://localhost:3", origin: Origin(path: "config", line: 8)))
        #expect(try services.nested("s3", "endpoint_url")?.value == "http://localhost:1")
        #expect(try services.nested("sts", "region") == nil)
        #expect(try services.nested("empty", "endpoint_url") == nil)
        #expect(try services.nested("iam", "endpoint_url") == nil)
    }
}
