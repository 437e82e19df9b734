import Adopting
import Chains
import Explaining
import Failures
import Profiles
import Setup
import Text

/// The command that takes an obstacle out of SDKs' way to warder.
struct ObstacleRemedies {
    private let subject: Subject
    private let profiles: ProfileSet
    private let name: String

    init(_ subject: Subject, _ profiles: ProfileSet, profile name: String) {
        self.subject = subject
        self.profiles = profiles
        self.name = name
    }

    /// Where a profile would be that is not there.
    var config: String? { try? subject.awsFiles.get().config }

    func remedy(_ obstacle: SDKObstacle) -> Remedy {
        switch obstacle {
        case .noProfile: return noProfile
        case .keyInCredentials(let origin), .keyInConfig(let origin): return key(origin)
        case .setting(let key, let origin): return setting(key, origin)
        case .hiddenDefault(let origin), .noProcess(let origin): return adoption ?? process(at: origin)
        case .emptyProcess(let origin), .unfinishedProcess(let origin), .shellSyntax(let origin),
            .quotedArguments(_, let origin), .otherCommand(let origin), .notAbsolute(_, let origin),
            .anotherWarder(_, let origin):
            return process(at: origin)
        case .anotherProfile(let asked, let origin): return otherProfile(asked, origin)
        case .otherProgram(_, let origin): return adoption ?? .run(LineEdit.edit(origin))
        case .absentProgram(_, let origin), .notExecutable(_, let origin):
            return isMeant ? process(at: origin) : .run(LineEdit.edit(origin))
        // In every file or every process, and told by other checks.
        case .environmentKey, .environmentWebIdentity, .anotherIsChosen, .relativeFile, .repetition: return explanation
        }
    }

    private var isMeant: Bool {
        guard let command = (try? profiles.profile(name)?.written("credential_process")) ?? nil else { return false }
        return MeantProfiles.isMeantForWarder(command.value)
    }

    private var explanation: Remedy { .run("warder explain \(operand(name))") }

    /// The line that SDKs run; nil if there is none that all SDKs read alike.
    private var line: String? {
        (try? warderCommand(program: subject.ownPath, profile: name)).map { "credential_process = \($0)" }
    }

    /// `warder adopt`, unless that would refuse the profile.
    private var adoption: Remedy? {
        guard
            (try? AdoptionPlan(subject.context, profiles, names: [name], undoes: false)) != nil
        else { return nil }
        return .fix(.adopt(profile: name))
    }

    // MARK: - A profile, and its process

    private var noProfile: Remedy {
        if let section = profiles.misnamed(name) { return .run(LineEdit.head(section, in: profiles)) }
        if subject.storedKeys?.contains(name) == true { return section() }
        if let near = nearest(to: name, among: profiles.profileNames) {
            return .run("warder doctor \(operand(near))")
        }
        return .run("warder add \(operand(name))")
    }

    /// A section of the config file that asks warder.
    private func section() -> Remedy {
        guard let line, let config else { return explanation }
        return .run(LineEdit.append(section: name == "default" ? "[default]" : "[profile \(name)]", [line], to: config))
    }

    /// Warder's command in the place of the profile's.
    private func process(at origin: Origin) -> Remedy {
        guard let profile = profiles.profile(name) else { return explanation }
        guard let written = profile.mention(of: "credential_process") else {
            return profiles.config?.path == origin.path ? explanation : section()
        }
        guard let command = try? warderCommand(program: subject.ownPath, profile: name),
            profile.lines(of: "credential_process")?.count == 1
        else { return .run(LineEdit.edit(written)) }
        return .run(LineEdit.write("credential_process", command, at: written))
    }

    /// If the profile has nothing to live on but the other one's key, it gets that under its own name.
    private func otherProfile(_ asked: String, _ origin: Origin) -> Remedy {
        let mended = process(at: origin)
        guard let profile = profiles.profile(name), !profile.keys.contains(where: { Self.sources.contains($0) }),
            subject.storedKeys?.contains(name) == false, let line
        else { return mended }
        let isKey = subject.storedKeys?.contains(asked) == true
        // Without a profile of that name, nothing is there to be included.
        // Without a source of its own, the other profile lives on the key of its name.
        let own = isKey || livesOnOwnKey(asked) ? "warder_key = \(asked)" : "include_profile = \(asked)"
        let text = LineEdit.replacement(line) + "\\n" + LineEdit.replacement(own)
        // Run again, it must not add the second line again.
        let old = ((try? profile.written("credential_process")) ?? nil).map { LineEdit.pattern($0.value) } ?? ""
        let setting = "[[:blank:]]*credential_process[[:blank:]]*=[[:blank:]]*\(old)"
        return .run(LineEdit.sed("\(origin.line)s|^\(setting).*|\(text)|I", origin.path))
    }

    private func livesOnOwnKey(_ asked: String) -> Bool {
        guard let profile = profiles.profile(asked) else { return true }
        return !profile.keys.contains { Self.sources.contains($0) }
    }

    private static let sources = [
        "role_arn", "key", "credential_source", "sso_session", "sso_start_url", "include_profile",
    ]
    .flatMap { [$0, "warder_" + $0] }

    // MARK: - Settings that come first

    private func key(_ origin: Origin) -> Remedy {
        guard let profile = profiles.profile(name) else { return explanation }
        let lines = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"].compactMap
        {
            key in profile.mention(of: key).map { (key: key, origin: $0) }
        }
        // A session's key is good for hours at most, and half a key for nothing.
        let isLasting =
            lines.contains { $0.key == "aws_secret_access_key" } && profile.mention(of: "aws_session_token") == nil
        guard !isLasting else { return .run("warder import \(operand(name))") }
        let here = lines.filter { $0.origin.path == origin.path }.map { (key: $0.key, line: $0.origin.line) }
        return .run(LineEdit.empty(here, of: origin.path))
    }

    private func setting(_ key: String, _ origin: Origin) -> Remedy {
        if let adoption { return adoption }
        guard let profile = profiles.profile(name) else { return explanation }
        let lines = profile.lines(of: key)
        // Warder goes by its own, and SDKs by this one.
        if profile.origin(of: "warder_" + key) != nil { return .run(LineEdit.comment(key, at: origin, lines)) }
        // As `adopt` would, which refuses a profile of the credentials file, and one that does not resolve.
        return .run(LineEdit.rename(key, to: "warder_" + key, at: origin))
    }
}
