import Chains
import Profiles
import Testing

@Suite("What does not come to a chain")
struct ChainErrorTests {
    private static let role = "role_arn = arn:aws:iam::222222222222:role/R\n"

    /// Eight roles and a key, each profile the source of the one before it.
    private static let deep = (1...8).map {
        "[profile \($0 == 1 ? "p" : "p\($0)")]\n\(role)source_profile = p\($0 + 1)\n"
    }.joined()

    static let errors: [(String, ChainError)] = [
        ("", .noSuchProfile("p")),
        ("[profile p]\nregion = x", .noCredentials(profile: "p", line(1))),
        ("[profile p]\n\(role)", .roleWithoutSource(profile: "p", line(2))),
        ("[profile p]\n\(role)source_profile =", .roleWithoutSource(profile: "p", line(2))),
        (
            "[profile p]\n\(role)source_profil = k",
            .roleWithoutSource(
                profile: "p", line(2),
                near: Misspelling(said: "source_profil", meant: "source_profile", origin: line(3)))
        ),
        (
            "[profile p]\n\(role)source_profile = k\nduration_seconds = 1h",
            .badValue(key: "duration_seconds", .notInSeconds(3600), line(4))
        ),
        (
            "[profile p]\n\(role)source_profile = k\nduration_seconds = 99h",
            .badValue(key: "duration_seconds", .notANumber, line(4))
        ),
        (
            "[profile p]\nwarder_key = k\nwarder_session_duration = 15",
            .badValue(key: "warder_session_duration", .unitMissing(15, SessionStep.durations), line(3))
        ),
        (
            "[profile p]\nwarder_key = k\nwarder_session_duration = 15s",
            .badValue(key: "warder_session_duration", .outOfRange(SessionStep.durations), line(3))
        ),
        ("[profile p]\n\(role)source_profile = q", .sourceMissing(source: "q", profile: "p", line(3))),
        ("[profile p]\n\(role)source_profile = k\ncredential_source = Environment", .twoSources(profile: "p", line(3))),
        ("[profile p]\n\(role)credential_source = environment", .unknownCredentialSource("environment", line(3))),
        (
            "[profile p]\n\(role)source_profile = q\n[profile q]\n\(role)source_profile = p",
            .cycle(profile: "p", line(6))
        ),
        (
            "[profile p]\n\(role)source_profile = q\n[profile q]\n\(role)source_profile = r\n[profile r]\n\(role)source_profile = q",
            .cycle(profile: "q", line(9))
        ),
        (deep + "[profile p9]", .tooDeep(profile: "p9", line(24))),
        ("[profile p]\naws_access_key_id = A", .halfAKey(profile: "p", missing: "aws_secret_access_key", line(2))),
        ("[profile p]\naws_secret_access_key = A", .halfAKey(profile: "p", missing: "aws_access_key_id", line(2))),
        (
            "[profile p]\ncredential_process = warder process q",
            .processForAnotherProfile(profile: "p", asked: "q", line(2))
        ),
        ("[profile p]\nservices = s\nwarder_key = k", .servicesMissing(services: "s", line(2))),
        ("[profile p]\nsso_session = s", .ssoSessionMissing(session: "s", profile: "p", line(2))),
        (
            "[profile p]\nsso_session = s\n[sso-session s]\nsso_start_url = u",
            .ssoIncomplete(profile: "p", missing: "sso_region", line(2))
        ),
        (
            "[profile p]\nsso_session = s\nsso_region = r\n[sso-session s]\nsso_region = q\nsso_start_url = u",
            .ssoKeyBesideSession(
                session: "s", key: "sso_region", own: Setting(value: "r", origin: line(3)),
                said: Setting(value: "q", origin: line(5)))
        ),
        (
            "[profile p]\nsso_session = s\nsso_start_url = u\n[sso-session s]\nsso_region = q",
            .ssoKeyBesideSession(
                session: "s", key: "sso_start_url", own: Setting(value: "u", origin: line(3)), said: nil)
        ),
        ("[profile p]\n\(role)source_profile = p", .ownSource(profile: "p", line(3))),
        (
            "[profile p]\n\(role)source_profile = é\n[profile é]",
            .passedOver(profile: "é", line(4), link: line(3))
        ),
        (
            "[profile p]\n\(role)session_tags = A=1\nsource_profile = q\n[profile q]\n\(role)session_tags = a=1\n"
                + "transitive_session_tags = a\nsource_profile = k",
            .inheritedTag(tag: "A", from: "q", line(3))
        ),
        (
            "[profile p]\n\(role)source_identity = ann\nsource_profile = q\n[profile q]\n\(role)source_profile = r\n"
                + "[profile r]\n\(role)source_identity = bob\nsource_profile = k",
            .changedSourceIdentity(from: "r", line(3))
        ),
        (
            "[profile p]\n\(role)web_identity_token_file = /t\npolicy_arns = a",
            .badValue(key: "policy_arns", .webIdentitysPolicy, line(4))
        ),
        ("[profile p]\nsso_region = r", .ssoIncomplete(profile: "p", missing: "sso_start_url", line(2))),
        (
            "[profile p]\ninclude_profile = p\nregion = x",
            .profile(.includeCycle(profile: "p", line(2)))
        ),
        // Role chaining is capped at an hour: behind another role, or a source that is a session.
        (
            "[profile p]\n\(role)duration_seconds = 3601\nsource_profile = q\n[profile q]\n\(role)source_profile = k",
            .roleChainingTooLong(profile: "p", seconds: 3601, line(3))
        ),
        (
            "[profile p]\n\(role)duration_seconds = 7200\ncredential_source = Ec2InstanceMetadata",
            .roleChainingTooLong(profile: "p", seconds: 7200, line(3))
        ),
        (
            "[profile p]\n\(role)duration_seconds = 7200\nsource_profile = q\n[profile q]\naws_access_key_id = A\n"
                + "aws_secret_access_key = s\naws_session_token = t",
            .roleChainingTooLong(profile: "p", seconds: 7200, line(3))
        ),
    ]

    @Test func namesASectionThatWasMeant() throws {
        let text = "[profile q]\n\(Self.role)source_profile = p\n[p]\nregion = x"
        let meant = try #require(try profiles(text).misnamed("p"))
        #expect(meant.origin == line(4))
        #expect(throws: ChainError.misnamed(profile: "p", meant, link: nil)) { try resolve("p", text) }
        // Nor is a key of the name used without the settings that somebody wrote for it.
        #expect(throws: ChainError.misnamed(profile: "p", meant, link: nil)) { try resolve("p", text, keys: ["p"]) }
        #expect(throws: ChainError.misnamed(profile: "p", meant, link: line(3))) { try resolve("q", text) }
    }

    @Test(arguments: [
        ("[profile p]\nwarder_key = k\nwarder_sesion = off", 3),
        ("[profile p]\nwarder_output = json\nwarder_key = k", 2),
        ("[profile p]\nwarder_key = k\ninclude_profile = q\n[profile q]\nWarder_x = y", 5),
        ("[profile p]\n\(role)source_profile = q\n[profile q]\nwarder_key = k\nwarder_aws_session_token = t", 6),
        (
            "[profile p]\nsso_session = s\n[sso-session s]\nsso_region = r\nsso_start_url = u\nwarder_sso_scopes = x", 6
        ),
    ])
    func findsASettingThatIsNone(_ config: String, _ number: Int) throws {
        let files = try profiles(config)
        do throws(ChainError) {
            _ = try Chain.resolve("p", in: files) { $0 == "k" }
            Issue.record("resolved")
        } catch {
            guard case .unknownSetting(let key, let origin) = error else { throw error }
            #expect(key.hasPrefix("warder_") && origin == line(number))
        }
    }

    /// A section that the chain does not come to is not looked at.
    @Test func readsOverWhatIsNotVisited() throws {
        let config = "[profile p]\nwarder_key = k\n[profile q]\nwarder_nonsense = 1\n"
        #expect(try resolve("p", config, keys: ["k"]).summary == "key k > session 43200")
    }

    @Test func knowsEverythingThatIsHiddenByAdopt() throws {
        let text = "[profile p]\nrole_arn = a\nlogin_session = l\nmfa_serial = m\ncredential_process = x\n"
        let set = try profiles(text)
        let config = try #require(set.config)
        let adopted = config.edited(try set.adopting("p", program: "/usr/bin/warder"))
        let file = try ProfileFile(text: adopted, path: "config", kind: .config)
        let profile = try #require(ProfileSet(config: file, credentials: nil).profile("p"))
        #expect(profile.unknownOwn(Chain.ownSettings)?.key == nil)
    }

    @Test(arguments: errors)
    func saysWhatAndWhere(_ config: String, _ error: ChainError) {
        #expect(throws: error) { try resolve("p", config, keys: ["k"]) }
    }

    /// What STS takes: the same source identity again, and a tag that the role before did not hand on.
    @Test func takesWhatIsHandedOn() throws {
        let config =
            "[profile p]\n\(Self.role)source_identity = ann\nsession_tags = a=2,c=1\nsource_profile = q\n"
            + "[profile q]\n\(Self.role)source_identity = ann\nsession_tags = a=1,b=1\n"
            + "transitive_session_tags = b\nsource_profile = k"
        #expect(try resolve("p", config, keys: ["k"]).roles.count == 2)
    }

    @Test func takesWhatAnSSOSessionSaysTwice() throws {
        let config =
            "[profile p]\nsso_session = s\nsso_start_url = u\n[sso-session s]\nsso_start_url = u\nsso_region = r"
        guard case .sso(let sso) = try resolve("p", config).source else {
            Issue.record("no sign-in")
            return
        }
        #expect(sso.startURL.origin.line == 5)
    }

    @Test func takesEightProfiles() throws {
        let eight = Self.deep.replacing("source_profile = p9", with: "warder_key = k")
        #expect(try resolve("p", eight).roles.count == 8)
    }

    private static func arns(_ count: Int) -> String {
        (0..<count).map { "arn:aws:iam::aws:policy/P\($0)" }.joined(separator: ",")
    }

    private static func tags(_ count: Int) -> String { (0..<count).map { "k\($0)=v" }.joined(separator: ",") }

    /// A setting of a role whose source is a key, and what is wrong with it, or nil.
    static let values: [(String, String, ChainError.Flaw?)] = [
        ("role_arn", "arn:aws-us-gov:iam::222222222222:role/path/R", nil), ("role_arn", "", nil),
        ("role_arn", "arn:aws:iam::22222222222:role/R", .notARoleARN),
        ("role_arn", "arn:aws:iam::22222222222x:role/R", .notARoleARN),
        ("role_arn", "arn:aws:iam::aws:role/R", .notARoleARN),
        ("role_arn", "arn:aws:iam::222222222222:role/", .notARoleARN),
        ("role_arn", "arn:aws:iam::222222222222:user/R", .notARoleARN),
        ("role_arn", "arn:aws:sts::222222222222:role/R", .notARoleARN),
        ("role_arn", "arn:aws:iam:us-east-1:222222222222:role/R", .notARoleARN),
        ("role_arn", "arn:foo:iam::222222222222:role/R", .notARoleARN),
        ("role_arn", "arn:aws:iam::222222222222:role/R x", .notARoleARN), ("role_arn", "R", .notARoleARN),
        ("role_session_name", "ab", nil), ("role_session_name", "a", .wrongLength(2...64)),
        ("role_session_name", String(repeating: "a", count: 64), nil),
        ("role_session_name", String(repeating: "a", count: 65), .wrongLength(2...64)),
        ("role_session_name", "a b", .wrongCharacter(allowed: "_,.@=+-")),
        ("role_session_name", "a/b", .wrongCharacter(allowed: "_,.@=+-")),
        ("role_session_name", "é", .wrongCharacter(allowed: "_,.@=+-")),
        ("external_id", "a:/b", nil), ("external_id", "a", .wrongLength(2...1224)),
        ("external_id", String(repeating: "a", count: 1225), .wrongLength(2...1224)),
        ("external_id", "a#b", .wrongCharacter(allowed: "_,.@=+-:/")),
        ("source_identity", "alice_1", nil), ("source_identity", "a:b", .wrongCharacter(allowed: "_,.@=+-")),
        ("duration_seconds", "900", nil), ("duration_seconds", "899", .outOfRange(900...43_200)),
        ("duration_seconds", "43201", .outOfRange(900...43_200)), ("duration_seconds", "1h", .notInSeconds(3600)),
        ("duration_seconds", "99999999999999999999", .notANumber),
        ("mfa_serial", "GAHT12345678", nil), ("mfa_serial", "GAHT1234", .wrongLength(9...256)),
        ("mfa_serial", "GAHT 12345678", .wrongCharacter(allowed: "_,.@=+-:/")),
        ("policy_arns", arns(10), nil), ("policy_arns", arns(11), .tooMany(10)),
        ("policy_arns", "arn:aws:iam::aws:role/R", .notAPolicyARN),
        ("policy", "{}", nil), ("policy", "allow", .notJSON), ("policy", "", nil),
        ("policy", "{" + String(repeating: "é", count: 2046) + "}", nil),
        ("policy", "{" + String(repeating: "é", count: 2047) + "}", .wrongLength(1...2048)),
        ("policy", "file://", .empty), ("policy", "{}\nwarder_policy_file = p", .policyGivenTwice),
        ("session_tags", tags(50), nil), ("session_tags", tags(51), .tooMany(50)), ("session_tags", "", nil),
        ("session_tags", "a", .notTags), ("session_tags", "a=1,", .notTags),
        ("session_tags", "=1", .wrongLength(1...128)),
        ("session_tags", String(repeating: "k", count: 129) + "=1", .wrongLength(1...128)),
        ("session_tags", "k=" + String(repeating: "v", count: 257), .wrongLength(0...256)),
        ("session_tags", "AWS:x=1", .reservedTag), ("session_tags", "a=1,A=2", .repeatedTag),
        ("session_tags", "a=1\ntransitive_session_tags = a", nil),
        ("transitive_session_tags", "b\nsession_tags = a=1", .unknownTag),
        ("transitive_session_tags", "b", .unknownTag),
        ("use_fips_endpoint", "yes", .notASwitch), ("use_dualstack_endpoint", "", nil),
        ("warder_session", "12h", .notASwitch), ("warder_session", "Off", nil),
        ("warder_session_duration", "14m", .outOfRange(900...129_600)), ("warder_session_duration", "h", .notADuration),
        ("warder_session_duration", "37h", .outOfRange(900...129_600)),
        ("warder_session_duration", "-1h", .notADuration),
        ("warder_session_duration", "9223372036854775807h", .outOfRange(900...129_600)),
        ("warder_session_duration", "3600s", nil), ("warder_session_duration", "1d", .notADuration),
    ]

    @Test(arguments: values)
    func holdsValuesToWhatSTSTakes(_ key: String, _ value: String, _ flaw: ChainError.Flaw?) throws {
        let config = "[profile p]\nwarder_key = k\n\(key == "role_arn" ? "" : Self.role)\(key) = \(value)\n"
        do {
            _ = try resolve("p", config)
            #expect(flaw == nil)
        } catch ChainError.badValue(let found, let what, let origin) {
            #expect(what == flaw)
            #expect(found == key || flaw == .empty && found == "policy_file")
            #expect(origin.line >= 2)
        }
    }
}
