import Profiles

/// Why SDKs that use a profile do not ask this very warder for its credentials.
package enum SDKObstacle: Equatable, Sendable {
    // Before any profile.

    /// A variable with an access key, which SDKs prefer to a profile that no option names.
    case environmentKey(variable: String)
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`: SDKs make a session from it before they look for a process.
    case environmentWebIdentity
    /// A variable that makes SDKs use another profile, `profile`.
    case anotherIsChosen(variable: String, profile: String)
    /// A variable with a relative path to one of the two files, which depends on where a program runs.
    case relativeFile(variable: String)

    // In the files.

    /// A duplicate entry in one of them: botocore reads nothing of that file.
    case repetition(DuplicateEntry)

    // In the profile, before its process.

    /// Neither file has the profile.
    case noProfile
    /// `aws_access_key_id` in the credentials file.
    case keyInCredentials(Origin)
    /// `aws_access_key_id` in the config file: some SDKs prefer the process, others the key.
    case keyInConfig(Origin)
    /// A setting that supplies credentials before the process does or that some SDKs refuse beside it.
    case setting(key: String, Origin)

    /// `[default]` beside `[profile default]`, with its own obstacle: SDKs differ in which of the two they read.
    case hiddenDefault(Origin)

    // In its process.

    /// The profile has no process.
    case noProcess(Origin)
    /// It is empty.
    case emptyProcess(Origin)
    /// A quote is left open in it, so that SDKs cannot run it.
    case unfinishedProcess(Origin)
    /// It needs a shell, which not all SDKs start it with.
    case shellSyntax(Origin)
    /// Quotes make a single program name of warder and its arguments.
    case quotedArguments(String, Origin)
    /// It runs another program.
    case otherProgram(String, Origin)
    /// It runs warder, but not with `process` and a profile.
    case otherCommand(Origin)
    /// It asks warder for another profile's credentials.
    case anotherProfile(asked: String, Origin)
    /// The program does not exist.
    case absentProgram(String, Origin)
    /// The program exists, but this user cannot run it.
    case notExecutable(String, Origin)
    /// The program is found by `PATH`, or from the folder that an SDK runs in, which differ from process to process.
    case notAbsolute(String, Origin)
    /// It is called warder, but is another file than this program.
    case anotherWarder(String, Origin)

    /// Which SDKs it keeps from asking warder.
    package enum Scope: String, Sendable {
        /// All, or nearly all.
        case all
        /// Some of them.
        case some
        /// Those that are not given the profile by an option such as `--profile`.
        case unnamed
    }

    /// Settings that botocore, too, evaluates before it runs a process.
    ///
    /// `sso_session` and `sso_start_url` alone have no effect there, but do in the SDK for Rust; and the one for Go
    /// refuses a profile with two sources of credentials.
    private static let beforeProcess: Set<String> = [
        "role_arn", "web_identity_token_file", "sso_account_id", "sso_role_name", "login_session",
    ]

    /// Which SDKs it keeps from asking warder.
    package var scope: Scope {
        switch self {
        case .environmentKey, .environmentWebIdentity, .anotherIsChosen: .unnamed
        case .setting(let key, _): Self.beforeProcess.contains(key) ? .all : .some
        case .relativeFile, .repetition, .hiddenDefault, .keyInConfig, .shellSyntax, .notAbsolute: .some
        default: .all
        }
    }

    /// The line to look at, if there is one.
    package var origin: Origin? {
        switch self {
        case .environmentKey, .environmentWebIdentity, .anotherIsChosen, .relativeFile, .noProfile: nil
        case .repetition(let repetition): repetition.origin
        case .keyInCredentials(let origin), .keyInConfig(let origin), .setting(_, let origin),
            .hiddenDefault(let origin),
            .noProcess(let origin), .emptyProcess(let origin), .unfinishedProcess(let origin),
            .shellSyntax(let origin), .quotedArguments(_, let origin), .otherProgram(_, let origin),
            .otherCommand(let origin),
            .anotherProfile(_, let origin), .absentProgram(_, let origin), .notExecutable(_, let origin),
            .notAbsolute(_, let origin), .anotherWarder(_, let origin):
            origin
        }
    }

    /// Its name in machine-readable output.
    package var name: String {
        switch self {
        case .environmentKey: "environment_key"
        case .environmentWebIdentity: "environment_web_identity"
        case .anotherIsChosen: "another_profile_chosen"
        case .relativeFile: "relative_file"
        case .repetition: "repetition"
        case .noProfile: "no_profile"
        case .keyInCredentials: "key_in_credentials"
        case .keyInConfig: "key_in_config"
        case .setting: "setting_before_process"
        case .hiddenDefault: "hidden_default"
        case .noProcess: "no_process"
        case .emptyProcess: "empty_process"
        case .unfinishedProcess: "unfinished_process"
        case .shellSyntax: "shell_syntax"
        case .quotedArguments: "quoted_arguments"
        case .otherProgram: "other_program"
        case .otherCommand: "other_command"
        case .anotherProfile: "another_profile"
        case .absentProgram: "absent_program"
        case .notExecutable: "not_executable"
        case .notAbsolute: "not_absolute"
        case .anotherWarder: "another_warder"
        }
    }
}
