import Failures
import Setup
import Stores

/// What could not be checked, the names for which one reason holds together.
struct Unchecked {
    private let code: String
    private let one: String
    private let several: String
    /// Each with what makes the check possible, for the first of its names.
    private var reasons: [(reason: String, way: String?, names: [String])] = []

    /// - Parameters:
    ///   - one: what each name is of, as `the key`.
    ///   - several: the same of several.
    init(_ code: String, _ one: String, _ several: String) {
        self.code = code
        self.one = one
        self.several = several
    }

    /// A check that would need a prompt.
    mutating func add(_ name: String, prompting failure: Failure, _ keys: Keys) {
        let mayOpen = (try? keys.context.policy().unlockedKeysRule) == nil
        let isVaultLocked = failure.code == .locked && mayOpen && (try? keys.store()?.kind) == .file
        add(name, failure.message, way: isVaultLocked ? "run warder unlock --keys in a terminal" : failure.hint)
    }

    /// A check that failed for a reason of its own.
    mutating func add(_ name: String, _ failure: Failure, _ subject: OnlineSubject) {
        subject.time.isUp ? addUntimely(name) : add(name, failure.message)
    }

    /// A check for which there is no time.
    mutating func addUntimely(_ name: String) {
        add(
            name, "the \(OnlineTime.limit / 1000) seconds for all checks are up",
            way: "examine one profile: warder doctor PROFILE --online")
    }

    /// - Parameter way: what makes the check possible; nil if nothing is known to.
    mutating func add(_ name: String, _ reason: String, way: String? = nil) {
        guard let index = reasons.firstIndex(where: { $0.reason == reason }) else {
            return reasons.append((reason, way, [name]))
        }
        reasons[index].names.append(name)
    }

    func report(_ diagnosis: inout Diagnosis) {
        for (reason, way, names) in reasons {
            let what = names.count == 1 ? "\(one) \(names[0]) was" : "\(several) \(Self.list(names)) were"
            diagnosis.add(Remark(code, "\(what) not checked: \(reason)" + (way.map { "; \($0)" } ?? "")))
        }
    }

    /// The first few names, and how many more there are.
    static func list(_ names: [String]) -> String {
        let shown = names.prefix(most)
        guard names.count > most else { return shown.joined(separator: ", ") }
        return shown.joined(separator: ", ") + " and \(names.count - most) more"
    }

    private static let most = 5
}
