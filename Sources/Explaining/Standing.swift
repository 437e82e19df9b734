import Failures
import Profiles
import Setup
import Stores
import Text

/// How far a user has come with warder, and so what to type next.
package enum Standing: Sendable, Equatable {
    /// The files cannot be used; what is wrong, and what to do.
    case unusable(message: String, hint: String)
    /// A credentials or config file has keys in plaintext: the first one's profile and line, and the number of all.
    case plaintext(profile: String, place: String, count: Int)
    /// No key is stored, and no profile asks warder.
    case nothing
    /// A key is stored, but no profile asks warder.
    case noProfile
    /// The store needs a passphrase or a keyring before cached sessions serve.
    case locked
    /// A profile asks warder.
    case ready(profile: String)

    /// Looks at files alone: it opens no store, and never prompts.
    package init(_ context: Context) {
        do throws(Failure) { self = try Self.found(context) } catch {
            self = .unusable(message: error.message, hint: error.hint)
        }
    }

    private static func found(_ context: Context) throws(Failure) -> Standing {
        let profiles = try ProfileLoading(context).profiles().indexed()
        let keys = profiles.writtenKeys
        if let first = keys.first {
            return .plaintext(profile: first.profile, place: first.origin.place, count: keys.count)
        }
        let asking = profiles.profileNames.first { (try? profiles.profile($0)?.asksWarder()) == true }
        let stored = Keys(context)
        guard let store = try stored.store() else { return asking.map { .ready(profile: $0) } ?? .nothing }
        let state = try stored.unlockedState()
        if state?.deadline == nil {
            guard state?.isHeld != true, case .unasked = try store.outlook(needsCache: true) else { return .locked }
        }
        return asking.map { .ready(profile: $0) } ?? .noProfile
    }

    /// What it is, in one sentence, and the command lines that fit, each with what it does.
    ///
    /// - Parameter home: the user's home folder, shown as `~`.
    package func advice(home: String?) -> (state: Shown, commands: [(line: String, purpose: String)]) {
        switch self {
        case .unusable(let message, let hint):
            return ("\(message)\nhint: \(hint)", [("warder doctor", "what else is wrong, and how to fix it")])
        case .nothing:
            return (
                "Nothing is stored yet. Begin with an access key or, for a role or IAM\nIdentity Center, with a profile:",
                [
                    ("warder add alice", "store a key, and write a profile for it"),
                    ("warder adopt PROFILE", "let SDKs ask warder for a profile's credentials"),
                ]
            )
        case .plaintext(let profile, let place, let count):
            let more = count == 1 ? "" : ", the first of \(count)"
            return (
                "The key of \(profile) lies in plaintext\(more) (\(shownPath(place, home: home)))",
                [
                    ("warder import", "store \(count == 1 ? "it" : "them") encrypted, and let SDKs ask warder"),
                    ("warder import --dry-run", "see what that would change"),
                ]
            )
        case .noProfile:
            return (
                "A key is stored, and no profile asks warder for credentials:",
                [("warder list", "keys and profiles"), ("warder adopt PROFILE", "let SDKs ask warder for a profile's")]
            )
        case .locked:
            return (
                "warder is locked:",
                [
                    ("warder unlock", "let cached sessions serve, for a working day"),
                    ("warder status", "what is locked, and what is not"),
                ]
            )
        case .ready(let profile):
            let word = shellWord(profile)
            return (
                "All is set:",
                [
                    ("eval $(warder env \(word))", "credentials for this shell"),
                    ("warder exec \(word) -- COMMAND", "or for one command"),
                    ("warder explain \(word)", "where they come from"),
                    ("warder status", "what each session has left"),
                ]
            )
        }
    }
}
