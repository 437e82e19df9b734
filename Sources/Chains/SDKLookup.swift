import Profiles

/// How SDKs find a profile's credentials, and what keeps them from asking warder.
///
/// The order is botocore's: the environment's key; then in the profile a role, a web identity, IAM Identity Center, a
/// key of the credentials file, `login_session`, the process, a key of the config file. If other SDKs differ, an
/// obstacle's scope says so.
package struct SDKLookup {
    /// What a program's path leads to.
    package enum ProgramFile: Equatable, Sendable {
        case absent
        case notExecutable
        /// This very program, under any name.
        case this
        /// Another program, with the path found in `PATH`, or the path itself.
        case another(path: String)
    }

    private let profiles: ProfileSet
    private let program: (String) -> ProgramFile
    private let ofFiles: [SDKObstacle]

    /// Takes time in proportion to the files' length.
    ///
    /// - Parameter program: what is at a path or, for a name without a slash, what `PATH` finds.
    package init(_ profiles: ProfileSet, program: @escaping (String) -> ProgramFile) {
        self.profiles = profiles
        self.program = program
        ofFiles = profiles.repetitions.map { .repetition($0) }
    }

    /// The settings that supply a profile's credentials without its process, in the order in which SDKs look.
    package static let otherSettings = [
        "role_arn", "web_identity_token_file", "sso_account_id", "sso_role_name", "sso_session", "sso_start_url",
        "login_session", "credential_source", "source_profile",
    ]

    /// What keeps SDKs from asking warder for `name`, in the order in which they find it, the gravest first.
    package func obstacles(to name: String, environment: (String) -> String?) throws(ProfileError) -> [SDKObstacle] {
        let own = try obstacles(in: name)
        return Self.obstacles(of: environment, to: name) + ofFiles + own
    }

    /// The same without obstacles in the environment and in the files as a whole.
    package func obstacles(in name: String) throws(ProfileError) -> [SDKObstacle] {
        guard let profile = profiles.profile(name) else { return [.noProfile] }
        let found = try obstacles(in: profile)
        guard name == "default", let hidden = profiles.hiddenDefault, try !obstacles(in: hidden).isEmpty else {
            return found
        }
        return found + [.hiddenDefault(hidden.origin)]
    }

    private func obstacles(in profile: Profile) throws(ProfileError) -> [SDKObstacle] {
        var found: [SDKObstacle] = []
        for key in Self.otherSettings {
            // SDKs treat an empty value as set, except for this one.
            let place = key == "web_identity_token_file" ? profile.origin(of: key) : profile.mention(of: key)
            guard let origin = place else { continue }
            found.append(.setting(key: key, origin))
        }
        if let origin = profile.mention(of: "aws_access_key_id") {
            let isInCredentials = profiles.credentials.map { $0.path.utf8.elementsEqual(origin.path.utf8) } == true
            found.append(isInCredentials ? .keyInCredentials(origin) : .keyInConfig(origin))
        }
        return found + (try processObstacles(profile))
    }

    private func processObstacles(_ profile: Profile) throws(ProfileError) -> [SDKObstacle] {
        guard let command = try profile.written("credential_process") else { return [.noProcess(profile.origin)] }
        let words = CommandWords(command.value)
        if words.words.isEmpty { return [.emptyProcess(command.origin)] }
        if words.isUnfinished { return [.unfinishedProcess(command.origin)] }
        let invocation = Invocation(words.words)
        let shell: [SDKObstacle] =
            words.needsShell || invocation.needsShell ? [.shellSyntax(command.origin)] : []
        let path = invocation.program
        let file = program(path)
        guard file == .this || Program.isNamedWarder(path) else {
            // A shell has commands that are not files.
            return shell + [
                shell.isEmpty ? self.foreign(path, file, command.origin) : .otherProgram(path, command.origin)
            ]
        }
        return shell + programObstacles(invocation, file, of: profile.name, command.origin)
    }

    /// What is wrong with a program that is not warder, or was not meant to be.
    private func foreign(_ path: String, _ file: ProgramFile, _ origin: Origin) -> SDKObstacle {
        switch file {
        case .absent:
            let quoted = Invocation(CommandWords(path).words)
            let isWarder = Program.isNamedWarder(quoted.program) || program(quoted.program) == .this
            return isWarder ? .quotedArguments(path, origin) : .absentProgram(path, origin)
        case .notExecutable: return .notExecutable(path, origin)
        case .this, .another: return .otherProgram(path, origin)
        }
    }

    private func programObstacles(
        _ invocation: Invocation, _ file: ProgramFile, of name: String, _ origin: Origin
    ) -> [SDKObstacle] {
        let path = invocation.program
        var found: [SDKObstacle] = []
        switch file {
        case .absent: found.append(.absentProgram(path, origin))
        case .notExecutable: found.append(.notExecutable(path, origin))
        case .another(let path): found.append(.anotherWarder(path, origin))
        case .this: break
        }
        if !path.utf8.starts(with: "/".utf8), file != .absent { found.append(.notAbsolute(path, origin)) }
        if let asked = invocation.profile {
            if !asked.utf8.elementsEqual(name.utf8) { found.append(.anotherProfile(asked: asked, origin)) }
        } else {
            found.append(.otherCommand(origin))
        }
        return found
    }

    /// Obstacles in the environment, which comes before the profile.
    private static func obstacles(of environment: (String) -> String?, to name: String) -> [SDKObstacle] {
        func value(_ variable: String) -> String? {
            guard let value = environment(variable), !value.isEmpty else { return nil }
            return value
        }
        var found: [SDKObstacle] = []
        if value("AWS_ACCESS_KEY_ID") != nil { found.append(.environmentKey(variable: "AWS_ACCESS_KEY_ID")) }
        if value("AWS_WEB_IDENTITY_TOKEN_FILE") != nil { found.append(.environmentWebIdentity) }
        for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            guard let chosen = value(variable), !chosen.utf8.elementsEqual(name.utf8) else { continue }
            found.append(.anotherIsChosen(variable: variable, profile: chosen))
        }
        for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
            guard let path = value(variable), !path.hasPrefix("/"), !path.hasPrefix("~") else { continue }
            found.append(.relativeFile(variable: variable))
        }
        return found
    }
}
