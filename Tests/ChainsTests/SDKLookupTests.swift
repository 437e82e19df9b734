import Chains
import Profiles
import Secrets
import Testing

@Suite("What keeps SDKs from asking warder")
struct SDKLookupTests {
    static let asks = "credential_process = /usr/bin/warder process p\n"
    static let key = "aws_access_key_id = A\naws_secret_access_key = s\n"

    /// The profile's settings, the credentials file, and the names of the obstacles.
    static let profiles: [(settings: String, credentials: String, obstacles: [String])] = [
        (asks, "", []),
        ("credential_process = \"/usr/bin/warder\" --no-prompt process 'p'\n", "", []),
        ("credential_process = /opt/warder-0.1 process p\n", "", []),
        ("credential_process = env A=b /usr/bin/warder process p\n", "", []),
        (asks + "mfa_serial = x\nexternal_id = y\nregion = r\nsso_region = r\n", "", []),
        (asks + "warder_role_arn = x\nwarder_source_profile = q\n", "", []),
        // What comes before the process.
        (asks, "[p]\n" + key, ["key_in_credentials"]),
        (asks, "[p]\naws_access_key_id =\n", ["key_in_credentials"]),
        (asks, "[p]\naws_secret_access_key = s\n", []),
        (asks, "[default]\n" + key, []),
        (asks + key, "", ["key_in_config"]),
        (asks + key, "[p]\n" + key, ["key_in_credentials"]),
        (asks + "role_arn =\n", "", ["setting_before_process"]),
        (asks + "role_arn = x\nsource_profile = q\n", "", ["setting_before_process", "setting_before_process"]),
        (asks, "[p]\nlogin_session = x\n", ["setting_before_process"]),
        (asks + "web_identity_token_file =\n", "", []),
        (asks + "web_identity_token_file = /t\n", "", ["setting_before_process"]),
        (asks + "include_profile = q\n", "[q]\n" + key, []),
        // The process.
        ("", "", ["no_process"]),
        ("warder_credential_process = /usr/bin/warder process p\n", "", ["no_process"]),
        ("include_profile = q\n", "[q]\n" + asks, ["no_process"]),
        ("credential_process =\n", "", ["empty_process"]),
        ("credential_process = '/usr/bin/warder process p\n", "", ["unfinished_process"]),
        ("credential_process = /usr/bin/warder process p \\\n", "", ["unfinished_process"]),
        ("credential_process = /usr/bin/warder process p | tee /l\n", "", ["shell_syntax"]),
        ("credential_process = /usr/bin/warder process \"$P\"\n", "", ["shell_syntax", "another_profile"]),
        ("credential_process = '/usr/bin/warder' process 'p;'\n", "", ["another_profile"]),
        ("credential_process = exec /usr/bin/warder process p\n", "", ["shell_syntax"]),
        ("credential_process = ~/bin/warder process p\n", "", ["shell_syntax", "absent_program"]),
        ("credential_process = /usr/bin/other process p\n", "", ["other_program"]),
        ("credential_process = /usr/bin/wardered process p\n", "", ["other_program"]),
        ("credential_process = /usr/bin/warderr process p\n", "", ["absent_program"]),
        ("credential_process = /mode/other process p\n", "", ["not_executable"]),
        ("credential_process = nowhere | sh\n", "", ["shell_syntax", "other_program"]),
        ("credential_process = \"/usr/bin/warder process p\"\n", "", ["quoted_arguments"]),
        ("credential_process = '/opt/warder-0.1 process' p\n", "", ["quoted_arguments"]),
        ("credential_process = '/gone/other process p'\n", "", ["absent_program"]),
        ("credential_process = /usr/bin/warder env p\n", "", ["other_command"]),
        ("credential_process = /usr/bin/warder process\n", "", ["other_command"]),
        ("credential_process = /usr/bin/warder process q\n", "", ["another_profile"]),
        ("credential_process = /gone/warder process q\n", "", ["absent_program", "another_profile"]),
        ("credential_process = /mode/warder process p\n", "", ["not_executable"]),
        ("credential_process = /copy/warder process p\n", "", ["another_warder"]),
        ("credential_process = warder process p\n", "", ["not_absolute"]),
        ("credential_process = bin/warder process p\n", "", ["absent_program"]),
        // Over there it beats the config file's.
        (asks, "[p]\ncredential_process = /usr/bin/other x\n", ["other_program"]),
        ("credential_process = /usr/bin/other x\n", "[p]\n" + asks, []),
    ]

    /// The variables beside a profile without obstacles.
    static let environments: [(variables: [String: String], obstacles: [SDKObstacle])] = [
        ([:], []),
        (["AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": ""], []),
        (["AWS_ACCESS_KEY_ID": "A"], [.environmentKey(variable: "AWS_ACCESS_KEY_ID")]),
        (["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "s"], []),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"], [.environmentWebIdentity]),
        (["AWS_PROFILE": "q"], [.anotherIsChosen(variable: "AWS_PROFILE", profile: "q")]),
        (
            ["AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "q"],
            [.anotherIsChosen(variable: "AWS_DEFAULT_PROFILE", profile: "q")]
        ),
        (["AWS_CONFIG_FILE": "/c", "AWS_SHARED_CREDENTIALS_FILE": "~/c"], []),
        (["AWS_CONFIG_FILE": "c"], [.relativeFile(variable: "AWS_CONFIG_FILE")]),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/"], []),
    ]

    private static func program(_ path: String) -> SDKLookup.ProgramFile {
        switch path {
        case "/usr/bin/warder", "/opt/warder-0.1", "warder": .this
        case "/usr/bin/other", "/copy/warder", "/usr/bin/wardered": .another(path: path)
        case "/mode/warder", "/mode/other": .notExecutable
        default: .absent
        }
    }

    private static func lookup(_ config: String, _ credentials: String) throws -> SDKLookup {
        SDKLookup(try ChainsTests.profiles(config, credentials: credentials), program: program)
    }

    @Test("A profile", arguments: profiles)
    func profile(settings: String, credentials: String, obstacles: [String]) throws {
        let found = try Self.lookup("[profile p]\n" + settings, credentials).obstacles(in: "p")
        #expect(found.map(\.name) == obstacles)
    }

    @Test("The environment", arguments: environments)
    func environment(variables: [String: String], obstacles: [SDKObstacle]) throws {
        let lookup = try Self.lookup("[profile p]\n" + Self.asks, "")
        #expect(try lookup.obstacles(to: "p") { variables[$0] } == obstacles)
    }

    @Test("A profile that is not there, and one in the credentials file alone")
    func elsewhere() throws {
        #expect(try Self.lookup("", "").obstacles(in: "p") == [.noProfile])
        #expect(try Self.lookup("", "[p]\n" + Self.asks).obstacles(in: "p") == [])
        #expect(try Self.lookup("[p]\n" + Self.asks, "").obstacles(in: "p") == [.noProfile])
    }

    @Test("Of two sections for the default profile, the one that some SDKs read")
    func defaults() throws {
        let asks = Self.asks.replacing("process p", with: "process default")
        let hidden = SDKObstacle.hiddenDefault(Origin(path: "config", line: 1))
        let found = try Self.lookup("[default]\nrole_arn = x\n[profile default]\n" + asks, "").obstacles(in: "default")
        #expect(found == [hidden] && found.map(\.scope) == [.some])
        #expect(try Self.lookup("[default]\n\(asks)[profile default]\n" + asks, "").obstacles(in: "default") == [])
        #expect(try Self.lookup("[default]\n" + asks, "").obstacles(in: "default") == [])
    }

    @Test("Each names its line, and whom it keeps from asking")
    func lines() throws {
        let lookup = try Self.lookup("[profile p]\nsso_session = s\nrole_arn = x\n" + Self.key + Self.asks, "")
        let found = try lookup.obstacles(in: "p")
        #expect(found.map { $0.origin?.line } == [3, 2, 4])
        #expect(found.map(\.scope) == [.all, .some, .some])
    }
}
