import Chains
import Explaining
import Failures
import Profiles
import Setup
import Text

/// What SDKs do instead of asking warder, for the profiles that are meant to ask it.
enum AskedBySDKs: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let profiles = try? subject.profiles.get() else { return }
        let lookup = SDKVerdict.lookup(subject.context, profiles)
        for name in subject.names {
            guard subject.profile != nil || isMeant(name, profiles) else { continue }
            guard let verdict = try? SDKVerdict(subject.context, profiles, lookup, profile: name) else { continue }
            for obstacle in verdict.obstacles {
                diagnosis.add(finding(obstacle, of: name, verdict))
            }
        }
    }

    /// Whether the user wants warder to be asked: the profile names it, or has settings of warder's.
    private static func isMeant(_ name: String, _ profiles: ProfileSet) -> Bool {
        guard let profile = profiles.profile(name) else { return false }
        return (try? profile.asksWarder()) == true
    }

    private static func finding(_ obstacle: SDKObstacle, of name: String, _ verdict: SDKVerdict) -> Finding {
        Finding(
            obstacle.name, .broken, at: obstacle.origin?.place, verdict.what(obstacle), why: why(obstacle, name),
            remedy(obstacle, verdict))
    }

    private static func why(_ obstacle: SDKObstacle, _ name: String) -> String {
        switch obstacle.scope {
        case .all: "SDKs do not ask warder for \(name)"
        case .some: "some SDKs do not ask warder for \(name), or refuse the profile"
        case .unnamed: "programs that name no profile do not ask warder for \(name)"
        }
    }

    private static func remedy(_ obstacle: SDKObstacle, _ verdict: SDKVerdict) -> Remedy {
        switch obstacle {
        case .environmentKey: .run("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN")
        default: .run(verdict.remedy(obstacle))
        }
    }
}
