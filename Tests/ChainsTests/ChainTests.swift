import Chains
import Profiles
import Testing

@Suite("A profile becomes a source, a session and roles")
struct ChainTests {
    static let role = "role_arn = arn:aws:iam::222222222222:role/"
    static let alice = "[profile alice]\nmfa_serial = arn:aws:iam::111111111111:mfa/ali\n"

    static let sources: [(config: String, keys: Set<String>, summary: String)] = [
        // A stored key: by its name, by the process that names warder, by `warder_key`, or with no profile at all.
        ("[profile p]", ["p"], "key p > session 43200"),
        ("[profile p]\nregion = eu-west-1", ["p"], "key p > session 43200"),
        ("", ["p"], "key p > session 43200"),
        ("[profile p]\ncredential_process = /usr/bin/warder process p", [], "key p > session 43200"),
        ("[profile p]\ncredential_process = warder --no-prompt process p", [], "key p > session 43200"),
        (
            "[profile p]\ncredential_process = '/opt/my tools/warder' process --no-prompt \"p\"", [],
            "key p > session 43200"
        ),
        ("[profile p]\ncredential_process = env A=b /usr/bin/warder process p", [], "key p > session 43200"),
        ("[profile p]\nwarder_key = k", [], "key k > session 43200"),
        ("[profile p]\nwarder_key = k\naws_access_key_id = A\naws_secret_access_key = s", [], "key k > session 43200"),
        (
            "[profile p]\ncredential_process = warder process p\naws_access_key_id = A\naws_secret_access_key = s",
            ["p"], "plain A"
        ),
        ("[profile p]\naws_access_key_id = A\naws_secret_access_key = s", ["p"], "plain A"),
        // A sign-in with console credentials, which a key in the credentials file alone comes before.
        ("[profile p]\nlogin_session = arn", ["p"], "login arn"),
        ("[profile p]\nwarder_login_session = arn\ncredential_process = warder process p", [], "login arn"),
        ("[profile p]\nlogin_session = arn\naws_access_key_id = A\naws_secret_access_key = s", [], "login arn"),
        ("[profile p]\nlogin_session = arn\ncredential_process = other", [], "login arn"),
        // Another program.
        ("[profile p]\ncredential_process = /usr/bin/wardered process p", ["p"], "process /usr/bin/wardered process p"),
        (
            "[profile p]\ncredential_process = other --with warder process p", [],
            "process other --with warder process p"
        ),
        ("[profile p]\ncredential_process = warder process p\nwarder_credential_process = other", [], "process other"),
        // What a profile includes.
        (
            "[profile p]\ninclude_profile = q\n[profile q]\ncredential_process = warder process q", ["p"],
            "key p > session 43200"
        ),
        ("[profile p]\ninclude_profile = q\n[profile q]\nwarder_key = k", [], "key k > session 43200"),
        // Roles.
        ("[profile p]\n\(role)R\nsource_profile = k", ["k"], "key k > session 43200 > R"),
        ("[profile p]\n\(role)R\nwarder_key = k", [], "key k > session 43200 > R"),
        ("[profile p]\n\(role)R", ["p"], "key p > session 43200 > R"),
        ("[profile p]\n\(role)R\nsource_profile = p", ["p"], "key p > session 43200 > R"),
        (
            "[profile p]\nwarder_\(role)R\nwarder_source_profile = k\ncredential_process = warder process p", ["k"],
            "key k > session 43200 > R"
        ),
        (
            "[profile p]\n\(role)wrong\nsource_profile = wrong\nwarder_\(role)R\nwarder_source_profile = k", ["k"],
            "key k > session 43200 > R"
        ),
        (
            "[profile p]\n\(role)R\nsource_profile = q\n[profile q]\n\(role)Q\nsource_profile = k", ["k"],
            "key k > session 43200 > Q > R"
        ),
        (
            "[profile p]\n\(role)R\nsource_profile = q\n[profile q]\n\(role)Q\nwarder_key = k\naws_access_key_id = A\naws_secret_access_key = s",
            [], "key k > session 43200 > Q > R"
        ),
        ("[profile p]\n\(role)R\ncredential_source = Environment", [], "Environment > R"),
        // The session.
        ("[profile p]\nwarder_key = k\nwarder_session_duration = 900", [], "key k > session 900"),
        ("[profile p]\nwarder_key = k\nwarder_session_duration = 36h", [], "key k > session 129600"),
        ("[profile p]\nwarder_key = k\nwarder_session_duration = 90m", [], "key k > session 5400"),
        ("[profile p]\nwarder_key = k\nsession_duration = 90m", [], "key k > session 43200"),
        ("[profile p]\nwarder_key = k\nwarder_session = off", [], "key k"),
        ("[profile p]\n\(role)R\nwarder_session = off\nsource_profile = k", ["k"], "key k > R"),
        (
            "[profile p]\n\(role)R\nwarder_session_duration = 2h\nsource_profile = k\n[profile k]\nwarder_session_duration = 1h",
            ["k"],
            "key k > session 3600 > R"
        ),
        (
            "[profile p]\n\(role)R\nwarder_session = on\nsource_profile = k\n[profile k]\nwarder_session = off", ["k"],
            "key k > session 43200 > R"
        ),
        // A role of an hour or more.
        ("[profile p]\n\(role)R\nduration_seconds = 3600\nsource_profile = k", ["k"], "key k > session 43200 > R"),
        ("[profile p]\n\(role)R\nduration_seconds = 3601\nsource_profile = k", ["k"], "key k > R"),
        ("[profile p]\n\(role)R\nduration_seconds = 43200\ncredential_source = Environment", [], "Environment > R"),
    ]

    @Test(arguments: sources)
    func resolves(_ config: String, _ keys: Set<String>, _ summary: String) throws {
        #expect(try resolve("p", config, keys: keys).summary == summary)
    }

    static let webIdentities: [(config: String, keys: Set<String>, summary: String)] = [
        ("[profile p]\n\(role)R", [], "web /token"),
        ("[profile p]\nwarder_\(role)R\nduration_seconds = 900", [], "web /token"),
        ("[profile p]\n\(role)R\nsource_profile = q\n[profile q]\n\(role)Q", [], "web /token > R"),
        // Any other source comes first.
        ("[profile p]\n\(role)R\nweb_identity_token_file = /own", [], "web /own"),
        ("[profile p]\n\(role)R\nsource_profile = k", ["k"], "key k > session 43200 > R"),
        ("[profile p]\n\(role)R\ncredential_source = Environment", [], "Environment > R"),
        ("[profile p]\n\(role)R", ["p"], "key p > session 43200 > R"),
        ("[profile p]\n\(role)R\nwarder_key = k", [], "key k > session 43200 > R"),
    ]

    @Test("the environment's web identity serves a role without a source", arguments: webIdentities)
    func webIdentity(_ config: String, _ keys: Set<String>, _ summary: String) throws {
        let chain = try Chain.resolve("p", in: profiles(config), webIdentityTokenFile: "/token") { keys.contains($0) }
        #expect(chain.summary == summary)
    }

    private static let plain = "aws_access_key_id = A\naws_secret_access_key = s\n"
    private static let device = "mfa_serial = arn:aws:iam::111111111111:mfa/"

    static let devices: [(config: String, summary: String)] = [
        (alice + "[profile p]\nregion = x\nwarder_key = k\n\(device)own", "key k > session 43200+own"),
        (alice + "[profile p]\n\(role)R\nsource_profile = alice", "key alice > session 43200+ali > R"),
        (alice + "[profile p]\n\(role)R\nsource_profile = alice\n\(device)ali", "key alice > session 43200+ali > R"),
        (
            alice + "[profile p]\n\(role)R\nsource_profile = alice\n\(device)own",
            "key alice > session 43200+ali > R+own"
        ),
        (
            "[profile alice]\n[profile p]\n\(role)R\nsource_profile = alice\n\(device)own",
            "key alice > session 43200+own > R"
        ),
        // The nearest to the source gives the session its device.
        (
            "[profile alice]\n[profile p]\n\(role)R\nsource_profile = q\n\(device)own\n[profile q]\n\(role)Q\nsource_profile = alice\n\(device)que",
            "key alice > session 43200+que > Q > R+own"
        ),
        (
            "[profile alice]\n[profile p]\n\(role)R\nsource_profile = q\n\(device)own\n[profile q]\n\(role)Q\nsource_profile = alice",
            "key alice > session 43200+own > Q > R"
        ),
        // No device gives two codes.
        (
            alice
                + "[profile p]\n\(role)R\nsource_profile = q\n\(device)own\n[profile q]\n\(role)Q\nsource_profile = alice\n\(device)own",
            "key alice > session 43200+ali > Q+own > R"
        ),
        // Without a session the first role takes the code.
        (alice + "[profile p]\n\(role)R\nsource_profile = alice\nduration_seconds = 7200", "key alice > R+ali"),
        (
            alice + "[profile p]\n\(role)R\nsource_profile = alice\nduration_seconds = 7200\n\(device)own",
            "key alice > R+own"
        ),
        (alice + "[profile p]\n\(role)R\nsource_profile = alice\nwarder_session = off", "key alice > R+ali"),
        (
            alice
                + "[profile p]\n\(role)R\nsource_profile = q\nwarder_session = off\n\(device)ali\n[profile q]\n\(role)Q\nsource_profile = alice",
            "key alice > Q+ali > R"
        ),
        // A plaintext key has a session where there is a device.
        ("[profile p]\n\(plain)\(device)own", "plain A > session 43200+own"),
        (
            "[profile p]\n\(role)R\nsource_profile = q\n\(device)own\n[profile q]\n\(plain)",
            "plain A > session 43200+own > R"
        ),
        (
            "[profile p]\n\(role)R\nsource_profile = q\n\(device)own\nduration_seconds = 7200\n[profile q]\n\(plain)",
            "plain A > R+own"
        ),
        ("[profile p]\n\(plain)\(device)own\nwarder_session = off", "plain A"),
        ("[profile p]\n\(plain)aws_session_token = t\n\(device)own", "plain A"),
        (
            "[profile p]\n\(role)R\nsource_profile = q\n[profile q]\n\(plain)aws_session_token = t\n\(device)own",
            "plain A > R"
        ),
        // Other sources have no session; their role may name a device.
        ("[profile p]\n\(role)R\ncredential_source = Environment\n\(device)own", "Environment > R+own"),
        (
            "[profile p]\n\(role)R\nsource_profile = q\n[profile q]\ncredential_process = other\n\(device)que",
            "process other > R+que"
        ),
        // An empty one takes back what is included.
        ("[profile p]\nwarder_key = k\nmfa_serial =\ninclude_profile = alice\n" + alice, "key k > session 43200"),
        ("[profile p]\nwarder_key = k\ninclude_profile = alice\n" + alice, "key k > session 43200+ali"),
    ]

    @Test(arguments: devices)
    func asksOnceForEachDevice(_ config: String, _ summary: String) throws {
        #expect(try resolve("p", config, keys: ["alice"]).summary == summary)
    }

    @Test func readsEveryParameterOfARole() throws {
        let chain = try resolve(
            "p",
            """
            [profile p]
            \(Self.role)R
            source_profile = k
            role_session_name = me@x
            external_id = e:/x
            duration_seconds = 900
            policy = {"Version": "2012-10-17",
              "Statement": []}
            policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::111111111111:policy/x/y
            session_tags = team = blue , cost=a=b,empty=
            transitive_session_tags = team, cost
            source_identity = alice
            region = eu-west-1
            """, keys: ["k"])
        let role = try #require(chain.roles.first)
        #expect(role.profile == "p")
        #expect(role.roleARN == Setting(value: "arn:aws:iam::222222222222:role/R", origin: line(2)))
        #expect(role.sessionName?.value == "me@x")
        #expect(role.externalID?.value == "e:/x")
        #expect(role.duration?.value == 900)
        #expect(role.duration?.origin == line(6))
        #expect(
            role.policy
                == .json(Setting(value: "{\"Version\": \"2012-10-17\",\n\"Statement\": []}", origin: line(7))))
        #expect(
            role.policyARNs.map(\.value)
                == ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111111111111:policy/x/y"])
        #expect(role.sessionTags.map { "\($0.key)|\($0.value)" } == ["team|blue", "cost|a=b", "empty|"])
        #expect(role.transitiveTagKeys == ["team", "cost"])
        #expect(role.sourceIdentity?.value == "alice")
        #expect(chain.partition == "aws")
    }

    @Test(arguments: [("policy = file:///p.json", "/p.json"), ("warder_policy_file = ~/p", "~/p")])
    func leavesPolicyFilesUnread(_ setting: String, _ path: String) throws {
        let chain = try resolve("p", "[profile p]\n\(Self.role)R\nsource_profile = k\n\(setting)", keys: ["k"])
        #expect(chain.roles.first?.policy == .file(Setting(value: path, origin: line(4))))
    }

    @Test func readsAPlaintextKeyOnlyWhenAsked() throws {
        let set = try profiles(
            "[profile p]\nregion = x",
            credentials: "[p]\naws_access_key_id = A\naws_secret_access_key = s/1\naws_session_token = t")
        let chain = try Chain.resolve("p", in: set) { _ in true }
        guard case .plaintextKey(let key) = chain.source else {
            Issue.record("not a plaintext key")
            return
        }
        #expect(key.hasSessionToken)
        #expect(key.accessKeyID.origin == Origin(path: "credentials", line: 2))
        guard let credentials = key.credentials() else {
            Issue.record("no credentials")
            return
        }
        #expect(credentials.accessKeyID == "A")
        #expect(credentials.secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == "s/1")
        #expect(credentials.expiration == nil)
    }
}

@Suite("warder under another name")
struct OwnNameTests {
    private func resolve(_ command: String) throws -> (source: Source, asked: [String]) {
        let asked = Asked()
        let files = try profiles("[profile a]\ncredential_process = \(command)\n")
        let set = ProfileSet(config: files.config, credentials: nil) { word in
            asked.words.append(word)
            return word == "/opt/warder-0.1"
        }
        return (try Chain.resolve("a", in: set.indexed()) { _ in false }.source, asked.words)
    }

    private final class Asked: @unchecked Sendable { var words: [String] = [] }

    @Test("a program that is warder itself is not run")
    func itself() throws {
        guard case .storedKey("a", _) = try resolve("/opt/warder-0.1 process a").source else {
            Issue.record("not a stored key")
            return
        }
        #expect(throws: ChainError.processForAnotherProfile(profile: "a", asked: "b", line(2))) {
            try resolve("/opt/warder-0.1 process b")
        }
    }

    @Test(
        "files are looked at for commands of warder's shape alone",
        arguments: [("/usr/bin/warder process a", []), ("aws-vault exec x", []), ("/opt/x process a", ["/opt/x"])])
    func looks(command: String, words: [String]) throws { #expect(try resolve(command).asked == words) }
}
