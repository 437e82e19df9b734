import Profiles
import Testing

@Suite("What is written, and nothing reads")
struct UnknownTests {
    static let misnamed: [(String, String, Int?)] = [
        ("[abc]", "[profile abc]", 1), ("[Profile abc]", "[profile abc]", 1), ("[PROFILE abc]", "[profile abc]", 1),
        ("[profileabc]", "[profile abc]", 1), ("[profile:abc]", "[profile abc]", 1),
        ("[x]\n[profile=abc]", "[profile abc]", 2), ("[Profile \"abc\"]", "[profile abc]", 1),
        ("[profiles abc]", "[profile abc]", 1), ("[Profil abc]", "[profile abc]", 1),
        ("[porfile-abc]", "[profile abc]", 1),
        ("[profiless abc]", "", nil), ("[service abc]", "", nil), ("[abcd]", "", nil), ("[profile abcd]", "", nil),
        ("[profileab]", "", nil), ("[sso-session abc]", "", nil),
    ]

    @Test(arguments: misnamed)
    func namesTheSectionThatWasMeant(_ text: String, _ heading: String, _ line: Int?) throws {
        let found = try profiles(text).misnamed("abc")
        #expect(found?.origin.line == line)
        if line != nil { #expect(found?.heading == heading) }
    }

    @Test(arguments: [
        ("[sso_session abc]", "sso-session"), ("[sso-sessions abc]", "sso-session"),
        ("[sso session abc]", "sso-session"),
        ("[SSO-Session abc]", "sso-session"), ("[ssosession abc]", "sso-session"), ("[sso-session:abc]", "sso-session"),
        ("[service abc]", "services"), ("[Services abc]", "services"),
    ])
    func namesTheSectionOfAnotherKind(_ text: String, _ kind: String) throws {
        let set = try profiles("[x]\n" + text)
        #expect(set.misnamed("abc", as: kind)?.origin.line == 2)
        #expect(set.misnamed("abc", as: kind)?.heading == "[\(kind) abc]")
        #expect(set.misnamed("abd", as: kind) == nil)
        #expect(set.misnamed("abc", as: kind == "services" ? "sso-session" : "services") == nil)
    }

    @Test func aMisspelledSetting() throws {
        let profile = try profiles("[profile a]\nregion = r\nsource_profile =\nSource_Profil = b").profile("a")
        let expected = Misspelling(
            said: "source_profil", meant: "source_profile", origin: Origin(path: "config", line: 4))
        #expect(profile?.misspelling(of: "source_profile") == expected)
        #expect(profile?.misspelling(of: "credential_source") == nil)
    }

    @Test func inTheCredentialsFile() throws {
        let set = ProfileSet(config: nil, credentials: try credentials("[abc]\n[profile abd]\n[Default]"))
        #expect(set.misnamed("abc") == nil)
        #expect(set.misnamed("abd") == set.misnamed("abd"))
        #expect(set.misnamed("abd")?.heading == "[abd]")
        #expect(set.misnamed("default")?.heading == "[default]")
    }

    @Test func findsUnknownSettingsOfWardersOwn() throws {
        let known = OwnSettings(["key", "role_arn"])
        let text = """
            [profile a]
            include_profile = b
            warder_key = k
            Warder_ROLE_ARN = r
            warderkey = x
            rolearn = x
            warder_ = x
            [profile b]
            warder_Rolearn = r
            [profile c]
            warder_role_arn = r
            """
        let set = try profiles(text)
        let found = set.profile("a")?.unknownOwn(known)
        #expect(found?.key == "warder_rolearn")
        #expect(found?.origin.line == 9)
        #expect(set.profile("c")?.unknownOwn(known)?.key == nil)
    }

    private static func unknown(_ name: String, _ line: Int) -> UnknownEntry {
        .setting(name, section: "warder", Origin(path: "credentials", line: line))
    }

    static let ownFiles: [(String, UnknownEntry?)] = [
        ("[warder]\nstore = file\n", nil), ("", nil), ("# c\n", nil), ("[warder]\n[warder]\nStore = x", nil),
        ("[warder]\nunlock_tme = 8h", unknown("unlock_tme", 2)),
        ("[warder]\nstore = x\nun lock = 8h", unknown("un lock", 3)),
        ("[warder]\nwarder_store = x", unknown("warder_store", 2)),
        ("[default]\nstore = x", .section("default", Origin(path: "credentials", line: 1))),
        ("[warder]\n[Warder]", .section("Warder", Origin(path: "credentials", line: 2))),
    ]

    @Test(arguments: ownFiles)
    func findsWhatAFileOfWardersOwnDoesNotHave(_ text: String, _ unknown: UnknownEntry?) throws {
        #expect(try credentials(text).unknown(besides: [("warder", ["store"])]) == unknown)
    }
}
