import Importing
import Linux
import Profiles
import Sessions
import Text

/// The search for plaintext keys, bounded in files and bytes.
struct PlaintextSearch {
    /// The keys of profiles that `import` takes, and what it does not take; nil where the files cannot be read.
    let found: FoundKeys?
    /// Files of which only the beginning was searched.
    private(set) var unfinished: [String] = []
    /// Folders with names that are not UTF-8, whose files were passed over.
    private(set) var passedOver: [String] = []
    private let subject: Subject
    /// The ids of the keys that the store has, as far as that can be seen.
    private let stored: Set<String>
    /// The keys that `import` takes: an id alone keeps nothing.
    private let pairs: [PlaintextPair]
    /// The names for keys that are to be stored, by the keys' ids.
    private var given: [String: String] = [:]

    private enum Limit {
        /// In bytes, for one file and for all.
        static let file = 2 << 20, all = 8 << 20
        static let files = 400
        /// Names of one folder.
        static let names = 4000
    }

    init(_ subject: Subject) {
        self.subject = subject
        let profiles = try? subject.profiles.get()
        found = profiles.map { FoundKeys($0, names: subject.profile.map { [$0] } ?? []) }
        stored = Set((subject.keyIndex ?? []).map(\.accessKeyID))
        pairs = profiles.map { FoundKeys($0, names: []).pairs } ?? []
    }

    /// The files that hold keys besides those that a profile has as its own.
    mutating func files() -> [PlaintextFile] {
        var (files, seen): ([PlaintextFile], [FileIdentity]) = ([], [])
        var rest = Limit.all
        let own = subject.files.map { FileIdentity(at: $0) }
        for place in places() {
            guard rest > 0, seen.count < Limit.files else {
                unfinished.append(place.path)
                break
            }
            guard let identity = FileIdentity(at: place.path), !seen.contains(identity) else { continue }
            seen.append(identity)
            // The keys of other profiles are not asked for.
            if place.kind == .awsFile, subject.profile != nil { continue }
            let limit = min(rest, Limit.file)
            // In their own files it is they that are found.
            let others = own.contains(identity) ? [] : pairs
            guard let search = LooseKeys(file: place.path, limit: limit, beside: others) else { continue }
            rest -= search.size
            if !search.isWhole { unfinished.append(place.path) }
            let keys = place.kind == .awsFile ? search.keys.filter { isLoose($0, identity) } : search.keys
            guard !keys.isEmpty else { continue }
            files.append(
                PlaintextFile(
                    place: place, keys: keys, isText: search.isText,
                    isSearchedWhole: search.isWhole && !search.mayHaveMore, stored: stored))
        }
        return files
    }

    private mutating func places() -> [LeftoverPlace] {
        var folders: [String] = []
        let files = subject.files + (subject.home.map { [$0 + "/.aws/config", $0 + "/.aws/credentials"] } ?? [])
        let all = leftoverPlaces(beside: files, subject.context.environment, most: Limit.names) { folder in
            if !folders.holds(folder) { folders.append(folder) }
        }
        passedOver = folders
        return Self.order.flatMap { kind in all.filter { $0.kind == kind } }
    }

    /// What may be large or many comes last.
    private static let order: [LeftoverPlace.Kind] = [
        .awsFile, .startUp, .variables, .copy, .program, .cache, .history,
    ]

    /// Whether the key in one of the AWS files is none that `import` takes.
    private func isLoose(_ key: LooseKeys.Key, _ file: FileIdentity) -> Bool {
        guard let found, let profiles = try? subject.profiles.get() else { return true }
        return !profiles.writtenKeys.contains { entry in
            entry.origin.line == key.identifierLine && FileIdentity(at: entry.origin.path) == file
                && found.pairs.contains { $0.profile.isSame(as: entry.profile) }
        }
    }

    /// There are keys, and it cannot be seen which.
    var isLocked: Bool { (try? subject.store.get()) != nil && subject.keyIndex == nil }

    /// A name under which no key is stored, as far as that can be seen, that no profile has, and that no other key gets in
    /// this report.
    mutating func freeName(for identifier: String?) -> String {
        if let identifier, let name = given[identifier] { return name }
        let taken = (subject.keyIndex ?? []).map(\.name) + ((try? subject.profiles.get())?.profileNames ?? [])
        let names = ["imported"] + (2...999).map { "imported-\($0)" }
        let name = names.first { !taken.holds($0) && !given.values.contains($0) } ?? "NAME"
        given[identifier ?? name] = name
        return name
    }
}
