import Issuing
import Sessions
import Setup
import Text
import Times

/// Keys that are due for rotation, and rotations that were begun. While locked, nothing is known of either.
enum KeyRotations: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let settings = try? subject.settings.get(), let all = subject.keyIndex else { return }
        let now = subject.context.now
        for key in of(subject, all) {
            if let from = key.unfinishedFrom {
                from <= now ? diagnosis.add(unfinished(key)) : diagnosis.add(graceful(key, from))
                // Nothing new begins before that is over.
                continue
            }
            // Some Secret Services do not say when an item was made.
            guard key.createdAt > 1 else { continue }
            let age = KeyAge(createdAt: key.createdAt, now: now, limit: settings.rotateAfter)
            if age.isDue, let limit = settings.rotateAfter { diagnosis.add(due(key, age, limit)) }
        }
    }

    /// All keys, or the one that the profile begins with.
    private static func of(_ subject: Subject, _ all: [IndexedKey]) -> [IndexedKey] {
        guard let profile = subject.profile else { return all }
        guard let chain = try? ChainLoading(subject.context, subject.keys).chain(profile),
            case .storedKey(let name, _) = chain.source
        else { return [] }
        return all.filter { $0.name.isSame(as: name) }
    }

    private static func unfinished(_ key: IndexedKey) -> Finding {
        Finding(
            "rotation_unfinished", .risky, "the rotation of \(key.name) is unfinished",
            why: "its user has two keys at AWS, and a third is not allowed", rotating(key.name))
    }

    private static func due(_ key: IndexedKey, _ age: KeyAge, _ limit: Int) -> Finding {
        Finding(
            "key_due", .risky, "the key \(key.name) is \(age.text) old, and due after \(spoken(seconds: Int64(limit)))",
            why: "the older a key is, the more copies of it may exist", rotating(key.name))
    }

    private static func graceful(_ key: IndexedKey, _ from: Int64) -> Remark {
        Remark("rotation_grace", "the old key of \(key.name) works until \(UnixTime(from).iso8601)")
    }

    private static func rotating(_ name: String) -> Remedy {
        .run("warder rotate \(operand(name))")
    }
}
