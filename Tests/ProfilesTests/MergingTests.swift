import Profiles
import Secrets
import Testing

@Suite("Two files as one")
struct MergingTests {
    @Test func namesEachProfileOnceInTheFilesOrder() throws {
        let set = ProfileSet(
            config: try config("[profile b]\n[default]\n[x]\n[sso-session s]\n[profile a]\n[profile b]\n[profile é]"),
            credentials: try credentials("[c]\n[a]\n[profile d]\n[b c]"))
        #expect(set.profileNames == ["b", "default", "a", "c"])
        #expect(set.ssoSession("s") != nil)
        #expect(set.ssoSession("b") == nil)
        #expect(set.services("s") == nil)
        #expect(set.profile("x") == nil)
        #expect(set.profile("profile d") == nil)
        #expect(set.profile("é") == nil)
        #expect(set.profile("") == nil)
    }

    @Test func knowsWhatItPassesOver() throws {
        let set = ProfileSet(
            config: try config("[profile a]\n[é]\n[profile é]\n[profile \"b c\"]\n[profile 'a']\n"),
            credentials: try credentials("[d,e]\n"))
        #expect(set.passedOver("é") == Origin(path: "config", line: 3))
        #expect(set.passedOver("b c") == Origin(path: "config", line: 4))
        #expect(set.passedOver("\"b c\"") == Origin(path: "config", line: 4))
        #expect(set.passedOver("a") == Origin(path: "config", line: 5))
        #expect(set.passedOver("d,e") == Origin(path: "credentials", line: 1))
        #expect(set.passedOver("b") == nil)
    }

    @Test func saysWhereASettingStands() throws {
        let set = ProfileSet(
            config: try config("[profile a]\nregion = one\nregion = two\n"),
            credentials: try credentials("\n[a]\nRegion = three\n"))
        let profile = try #require(set.profile("a"))
        #expect(profile.origin == Origin(path: "config", line: 1))
        #expect(
            try profile.plain("region") == Setting(value: "three", origin: Origin(path: "credentials", line: 3)))
        #expect(profile.origin(of: "region") == Origin(path: "credentials", line: 3))
        #expect(profile.origin(of: "output") == nil)
    }

    @Test func leavesASettingToItsOwnSection() throws {
        let config = try config(
            "[profile p]\nregion = r\n[profile q]\ns3 =\n  a = b\n[profile p]\n # note\n  \n[profile p]\noutput = json\n"
        )
        let set = ProfileSet(config: config, credentials: try credentials("[p]\n # note\nx = y\n"))
        let profile = try #require(set.profile("p"))
        #expect(try profile.plain("region")?.value == "r")
        #expect(try profile.plain("output")?.value == "json")
        #expect(try set.profile("q")?.nested("s3", "a")?.value == "b")
    }

    @Test func prefersTheDefaultWithPrefixForOrigins() throws {
        let set = try profiles("[default]\nx = 1\n[profile default]\nx = 2")
        #expect(set.profile("default")?.origin.line == 3)
        #expect(set.profileNames == ["default"])
    }

    @Test func givesSecretsAsSecretsOnly() throws {
        let set = ProfileSet(
            config: nil, credentials: try credentials("[a]\naws_secret_access_key = a/b+c # no\nempty =\n"))
        let profile = try #require(set.profile("a"))
        #expect(profile.secretText("aws_secret_access_key") == "a/b+c")
        #expect(profile.secretText("empty") == nil)
        #expect(profile.secretText("aws_session_token") == nil)
    }

    static let prefixed: [(String, String?)] = [
        ("role_arn = plain", "plain"), ("warder_role_arn = own", "own"),
        ("role_arn = plain\nwarder_role_arn = own", "own"),
        ("Warder_Role_ARN = own\nrole_arn = plain", "own"), ("warder_warder_role_arn = x", nil), ("warder_ = x", nil),
        ("include_profile = base", "base"), ("include_profile = base\nrole_arn = mine", "mine"),
        ("include_profile = other\nwarder_include_profile = base", "base"), ("include_profile = outer", "base"),
    ]

    @Test(arguments: prefixed)
    func readsWhatIsWardersFirst(_ body: String, _ value: String?) throws {
        let included = "[profile base]\nwarder_role_arn = base\n[profile outer]\ninclude_profile = base\n"
        let profile = try #require(try profiles(included + "[profile a]\n" + body).profile("a"))
        #expect(try profile.setting("role_arn")?.value == value)
    }

    @Test func readsOnlyWhatIsWarders() throws {
        let set = try profiles(
            "[profile b]\nwarder_session = off\nkey = b\n[profile a]\ninclude_profile = b\nsession = on\nkey = a")
        let profile = try #require(set.profile("a"))
        #expect(try profile.own("session")?.value == "off")
        #expect(try profile.own("key") == nil)
        #expect(try profile.plain("warder_session") == nil)
        #expect(try set.profile("b")?.plain("warder_session")?.value == "off")
    }

    static let includes: [(String, ProfileError)] = [
        ("include_profile = a", .includeCycle(profile: "a", Origin(path: "config", line: 2))),
        (
            "include_profile = b\n[profile b]\ninclude_profile = a",
            .includeCycle(profile: "a", Origin(path: "config", line: 4))
        ),
        (
            "include_profile = b\n[profile b]\ninclude_profile = b",
            .includeCycle(profile: "b", Origin(path: "config", line: 4))
        ),
        ("include_profile = b", .includedProfileMissing(profile: "b", Origin(path: "config", line: 2))),
    ]

    @Test(arguments: includes)
    func followsNoIncludeInACircleOrNowhere(_ body: String, _ error: ProfileError) throws {
        let profile = try #require(try profiles("[profile a]\n" + body).profile("a"))
        #expect(throws: error) { try profile.setting("region") }
        #expect(throws: error) { try profile.own("key") }
        #expect(try profile.plain("region") == nil)
    }

    @Test func tellsNamesOfOneHashApart() throws {
        // FNV-1a with 32 bits makes one number of these two words.
        let profile = try #require(try profiles("[profile a]\ncostarring = 1").profile("a"))
        #expect(try profile.plain("costarring")?.value == "1")
        #expect(try profile.plain("liquid") == nil)
    }
}

@Suite("File locations, beyond the SDKs' suite")
struct FileLocationTests {
    static let found: [([String: String], String, String)] = [
        (["HOME": "/h"], "/h/.aws/config", "/h/.aws/credentials"),
        (["HOME": "/h/"], "/h/.aws/config", "/h/.aws/credentials"),
        (["HOME": "/"], "/.aws/config", "/.aws/credentials"),
        (["HOME": "/h", "AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": "~"], "/h/c", "/h"),
        (
            ["HOME": "/h", "AWS_CONFIG_FILE": "~root/c", "AWS_SHARED_CREDENTIALS_FILE": ""], "~root/c",
            "/h/.aws/credentials"
        ),
        (["AWS_CONFIG_FILE": "c", "AWS_SHARED_CREDENTIALS_FILE": "/d"], "c", "/d"),
    ]

    @Test(arguments: found)
    func expandsTheHomeDirectory(_ environment: [String: String], _ config: String, _ credentials: String) throws {
        let locations = try FileLocations.find { environment[$0] }
        #expect(locations.config == config)
        #expect(locations.credentials == credentials)
    }

    @Test(arguments: [[:], ["HOME": ""], ["AWS_CONFIG_FILE": "/c"], ["AWS_SHARED_CREDENTIALS_FILE": "/c"]])
    func needsAHomeDirectory(_ environment: [String: String]) {
        #expect(throws: ProfileError.homeUnknown) { try FileLocations.find { environment[$0] } }
    }

    @Test(arguments: [
        (["AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"], "a"), (["AWS_DEFAULT_PROFILE": "b"], "b"),
        (["AWS_PROFILE": ""], "default"),
    ])
    func namesTheProfile(_ environment: [String: String], _ profile: String) throws {
        #expect(try FileLocations.find { environment[$0] ?? ($0 == "HOME" ? "/h" : nil) }.profile == profile)
    }
}
