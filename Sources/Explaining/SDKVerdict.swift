import Chains
import Failures
import Glibc
import JSON
import Linux
import Profiles
import Setup
import Text

/// Whether SDKs that use a profile ask this warder, and if not, why.
package struct SDKVerdict {
    let profile: String
    /// What keeps them from asking, in the order in which they meet it.
    package let obstacles: [SDKObstacle]
    /// Variables that programs also need: without them, SDKs read other files.
    let needed: [String]
    /// warder exported the environment's key.
    private let isKeyOurs: Bool
    /// The path of this executable.
    private var ownPath: String { context.ownPath }
    private let context: Context
    private let credentialsPath: String?
    /// The profile's own source is the environment.
    private let needsKey: Bool

    package init(_ context: Context, _ profiles: ProfileSet, profile: String) throws(Failure) {
        try self.init(context, profiles, Self.lookup(context, profiles), profile: profile)
    }

    /// How SDKs look up credentials, for callers that need the verdict on many profiles.
    package static func lookup(_ context: Context, _ profiles: ProfileSet) -> SDKLookup {
        SDKLookup(profiles, program: Self.file(context.environment))
    }

    package init(_ context: Context, _ profiles: ProfileSet, _ lookup: SDKLookup, profile: String) throws(Failure) {
        self.profile = profile
        do throws(ProfileError) {
            obstacles = try lookup.obstacles(to: profile) { context.environment[$0] }
        } catch { throw Failure(error) }
        needed = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"].filter { context.environment.nonEmpty($0) != nil }
        isKeyOurs = context.environment.nonEmpty("WARDER_PROFILE") != nil
        self.context = context
        credentialsPath = profiles.credentials?.path
        let source = try? profiles.profile(profile)?.setting("credential_source")
        needsKey = source?.value == "Environment"
    }

    /// The file at the path of a program, or the first one of that name in `PATH`.
    private static func file(_ environment: Environment) -> (String) -> SDKLookup.ProgramFile {
        { name in
            guard !name.isEmpty else { return .absent }
            if name.utf8.contains(UInt8(ascii: "/")) { return Self.file(at: name) }
            let folders = (environment["PATH"] ?? "").split(separator: ":")
            let paths = folders.map { $0 + "/" + name }
            return paths.first(where: isProgram).map(Self.file(at:)) ?? .absent
        }
    }

    private static func file(at path: String) -> SDKLookup.ProgramFile {
        var (there, this) = (stat(), stat())
        guard stat(path, &there) == 0 else { return .absent }
        guard isProgram(path) else { return .notExecutable }
        // After a package upgrade, a new file may be at the path that this process was started from: then the two
        // differ.
        guard stat("/proc/self/exe", &this) == 0, there.st_dev == this.st_dev, there.st_ino == this.st_ino else {
            return .another(path: path)
        }
        return .this
    }

    /// Whether a path that leads to no program was probably meant to be warder's.
    private static func isNearWarder(_ path: String) -> Bool {
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
        return name.isSame(as: "warder") || nearest(to: name, among: ["warder"]) != nil
    }

    /// The obstacles of the profile itself, which apply to every program.
    package var ofProfile: [SDKObstacle] { obstacles.filter { $0.scope != .unnamed } }
}

extension SDKVerdict {
    /// The verdict on one line.
    func text(place: (Origin) -> String) -> String {
        guard !obstacles.isEmpty else {
            let condition = needed.isEmpty ? "" : ", in programs that have \(needed.joined(separator: " and ")) too"
            return "ask warder for \(profile)\(condition)"
        }
        let answer =
            if obstacles.contains(where: { $0.scope == .all }) {
                "do not ask warder for \(profile): "
            } else if ofProfile.isEmpty {
                "ask warder for \(profile) only where an option names it (--profile \(profile)): "
            } else {
                "do not all ask warder for \(profile): "
            }
        let reasons = shown.map { obstacle in
            (obstacle.origin.map { place($0) + ": " } ?? "") + what(obstacle) + "; " + remedy(obstacle)
        }
        return answer + reasons.joined(separator: "; also ")
    }

    /// Of several obstacles with the same remedy, only the most serious: the remedy removes the others too.
    private var shown: [SDKObstacle] {
        var remedies: [String] = []
        for remedy in obstacles.map({ remedy($0) }) where !remedies.contains(remedy) { remedies.append(remedy) }
        return remedies.compactMap { wanted in
            let alike = obstacles.filter { remedy($0) == wanted }
            return alike.first { $0.scope == .all } ?? alike.first
        }
    }

    /// An obstacle as a command reports it.
    package func failure(_ obstacle: SDKObstacle) -> Failure {
        let place = obstacle.origin.map { $0.place + ": " } ?? ""
        return Failure(.badConfig, place + what(obstacle), hint: remedy(obstacle))
    }

    /// What the obstacle is.
    package func what(_ obstacle: SDKObstacle) -> String {
        switch obstacle {
        case .environmentKey(let variable):
            "\(variable) is set here, and comes before every profile"
                + (isKeyOurs ? ": warder env, use --keys or exec exported it" : "")
        case .environmentWebIdentity: "AWS_WEB_IDENTITY_TOKEN_FILE is set here, and comes before credential_process"
        case .anotherIsChosen(let variable, let other): "\(variable) is \(other) here"
        case .relativeFile(let variable): "\(variable) is a relative path, another file in another folder"
        case .noProfile: "there is no such profile"
        case .keyInCredentials: "a key in plain text, which SDKs take first"
        case .keyInConfig: "a key in plain text, which SDKs for Go, Java and JavaScript take first"
        case .setting(let key, _) where obstacle.scope == .all: "SDKs go by \(key) first"
        case .setting(let key, _): "some SDKs go by \(key) first, or refuse it beside credential_process"
        case .repetition(let twice):
            "\(twice.isSection ? "[\(twice.name)]" : twice.name) stands there twice, "
                + "and boto3 and the AWS CLI read no such file"
        case .hiddenDefault: "[default] stands beside [profile default], which hides it from some SDKs alone"
        case .noProcess: "\(profile) has no credential_process"
        case .emptyProcess: "credential_process is empty"
        case .unfinishedProcess: "credential_process has a quote that does not end"
        case .shellSyntax: "credential_process needs a shell, which boto3 and the AWS CLI do not start"
        case .quotedArguments(let words, _): "the quotes make one program name of \(words)"
        case .otherProgram(let program, _): "credential_process runs \(program), not warder"
        case .otherCommand: "credential_process runs warder, but not as warder process \(profile)"
        case .anotherProfile(let asked, _): "credential_process asks warder for \(asked)"
        case .absentProgram(let program, _): "there is no program \(Self.withoutArguments(program))"
        case .notExecutable(let program, _): "\(program) cannot be run"
        case .notAbsolute(let program, _): "\(program) has no absolute path, and is not found from everywhere"
        case .anotherWarder(let program, _):
            "credential_process runs another warder, \(program); this one is \(ownPath)"
        }
    }

    /// What is in quotes with the program may be its arguments, a password among them.
    private static func withoutArguments(_ program: String) -> String {
        let first = program.unicodeScalars.prefix { $0 != " " && $0 != "\t" }
        return first.count < program.unicodeScalars.count ? "\(String(first)) …" : program
    }

    /// What to do about it.
    package func remedy(_ obstacle: SDKObstacle) -> String {
        let adopt = "run warder adopt \(shellWord(profile))"
        let command = "write credential_process = \(ownPath) process \(profile)"
        switch obstacle {
        case .environmentKey where isKeyOurs: return "eval \"$(warder env --unset)\" takes it away"
        case .environmentKey where needsKey:
            return "name the profile by an option: \(profile) itself needs the variable"
        case .environmentKey: return "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"
        case .environmentWebIdentity: return "unset it, or name the profile by an option"
        case .anotherIsChosen(let variable, _): return "set \(variable)=\(shellWord(profile))"
        case .relativeFile(let variable): return "give \(variable) an absolute path"
        case .noProfile: return "add [profile \(profile)] to the config file with credential_process"
        case .keyInCredentials, .keyInConfig: return "run warder import \(shellWord(profile))"
        case .setting(_, let origin) where origin.path == credentialsPath:
            return "move it to the config file, then \(adopt)"
        case .setting: return adopt
        case .noProcess where obstacle.origin?.path == credentialsPath:
            return "add [profile \(profile)] to the config file with credential_process = \(ownPath) process \(profile)"
        case .noProcess, .otherProgram: return adopt
        case .repetition, .hiddenDefault: return "put the two together"
        case .absentProgram(let program, _) where !Self.isNearWarder(program):
            return "write the path of one that is there, or \(adopt)"
        case .notExecutable(let program, _): return "check it: ls -l \(shellWord(program))"
        case .anotherWarder: return command + ", or use that one"
        case .anotherProfile(let asked, _): return command + ", or warder_source_profile = \(asked)"
        default: return command
        }
    }
}

extension SDKVerdict {
    /// The verdict as JSON, for programs.
    var json: JSONValue {
        .object([
            ("ask_warder", .bool(obstacles.isEmpty)),
            (
                "obstacles",
                .array(
                    obstacles.map { obstacle in
                        .object([
                            ("code", .string(obstacle.name)), ("reach", .string(obstacle.scope.rawValue)),
                            ("message", .string(what(obstacle))), ("hint", .string(remedy(obstacle))),
                            ("origin", .optional(obstacle.origin.map { $0.place })),
                        ])
                    })
            ),
            ("needed_variables", .array(needed.map { .string($0) })),
        ])
    }
}
