import Chains
import Explaining
import Failures
import Linux
import Profiles
import Setup
import Text

/// What SDKs do instead of asking warder, for the profiles that are meant to ask it.
enum AskedBySDKs: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let profiles = try? subject.profiles.get() else { return }
        let lookup = SDKVerdict.lookup(subject.context, profiles)
        for name in subject.names {
            guard subject.profile != nil || subject.meant.asks(name) else { continue }
            guard let obstacles = try? lookup.obstacles(in: name), !obstacles.isEmpty,
                let verdict = try? SDKVerdict(subject.context, profiles, lookup, profile: name)
            else { continue }
            let remedies = ObstacleRemedies(subject, profiles, profile: name)
            let real = obstacles.filter { !isOwnWrapper($0, subject.context.environment) }
            for finding in findings(real, of: name, verdict, remedies) { diagnosis.add(finding) }
        }
    }

    /// Whether the other warder is a script that starts one, or the wrapper that Nix makes for this one.
    private static func isOwnWrapper(_ obstacle: SDKObstacle, _ environment: Environment) -> Bool {
        guard case .anotherWarder(let program, _) = obstacle else { return false }
        let own = OwnProgram(searchPath: environment["PATH"]).path(named: "warder", calledBy: program)
        return own.isSame(as: program) || !isCompiledProgram(program)
    }

    /// Of several obstacles that the same command takes away, only the gravest.
    private static func findings(
        _ obstacles: [SDKObstacle], of name: String, _ verdict: SDKVerdict, _ remedies: ObstacleRemedies
    ) -> [Finding] {
        var commands: Set<String> = []
        return obstacles.sorted { $0.rank < $1.rank }.compactMap { obstacle in
            let remedy = remedies.remedy(obstacle)
            guard commands.insert(remedy.command).inserted else { return nil }
            return Finding(
                obstacle.name, obstacle.isWorking ? .risky : .broken, at: obstacle.origin?.place ?? remedies.config,
                verdict.what(obstacle),
                why: why(obstacle, name), remedy)
        }
    }

    private static func why(_ obstacle: SDKObstacle, _ name: String) -> String {
        switch obstacle {
        case .notAbsolute: "with another PATH, as in cron or an editor, SDKs cannot find warder for \(name)"
        case .anotherProfile(let asked, _): "SDKs get the credentials of \(asked) under the name \(name)"
        case .anotherWarder: "it may be another version"
        case .noProfile: "programs that use the profile \(name) fail"
        default:
            obstacle.scope == .all
                ? "SDKs do not ask warder for \(name)"
                : "some SDKs do not ask warder for \(name), or refuse the profile"
        }
    }
}

extension SDKObstacle {
    /// Its place among others that the same command takes away: a shell's `~` or `$` is why a program is not found.
    fileprivate var rank: Int {
        if case .shellSyntax = self { return 0 }
        return scope == .all ? 1 : 2
    }

    /// Programs get credentials of warder's all the same, today and here.
    fileprivate var isWorking: Bool {
        switch self {
        case .notAbsolute, .anotherWarder, .anotherProfile: true
        default: false
        }
    }
}
