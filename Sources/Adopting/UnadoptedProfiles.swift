import Chains
import Profiles
import Text

extension AdoptionPlan {
    /// With `--all`: reports the profiles that are not adopted, grouped by reason.
    func reportUnadopted() {
        let met = Set(changed + refused.map(\.name))
        var left: [(reason: Reason, names: [String])] = []
        for name in files.profileNames where !met.contains(name) {
            guard let profile = files.profile(name) else { continue }
            let reason = Reason(profile, files)
            if let index = left.firstIndex(where: { $0.reason == reason }) {
                left[index].names.append(name)
            } else {
                left.append((reason, [name]))
            }
        }
        for (reason, names) in left {
            context.console.note(
                "left \(listed(names)) as \(names.count == 1 ? "it is" : "they are"): \(reason.words(of: names))")
        }
    }

    /// Why a profile is not adopted.
    private enum Reason: Equatable {
        case plaintextKey(Origin)
        case onlyInCredentials
        case asksWarder
        case otherProgram
        case nothing

        init(_ profile: Profile, _ files: ProfileSet) {
            let isInConfig = files.config.map { $0.path.utf8.elementsEqual(profile.origin.path.utf8) } == true
            if let origin = profile.origin(of: "aws_access_key_id") {
                self = .plaintextKey(origin)
            } else if !isInConfig {
                self = .onlyInCredentials
            } else if (try? profile.asksWarder()) == true {
                self = .asksWarder
            } else {
                self = profile.origin(of: "credential_process") == nil ? .nothing : .otherProgram
            }
        }

        func words(of names: [String]) -> String {
            let isOne = names.count == 1
            let first = shellWord(names[0])
            switch self {
            case .plaintextKey(let origin):
                return "a key in plain text, \(origin.place), which SDKs take first; warder import \(first) stores it"
            case .onlyInCredentials: return "in the credentials file alone"
            case .asksWarder: return "\(isOne ? "names" : "they name") warder already"
            case .otherProgram:
                return "\(isOne ? "asks" : "they ask") another program; warder adopt \(first) puts warder before it"
            case .nothing: return "no role and no sign-in; if its key is stored: warder adopt \(first)"
            }
        }
    }
}
