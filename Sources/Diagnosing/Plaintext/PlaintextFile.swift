import Importing
import Text

/// A file with keys in plain text, and the one command that mends it, or begins to.
///
/// The command never takes away the only copy of a key: a key that warder does not have is stored first, and where it is
/// not certain which key a secret belongs to, the user decides. No line goes as a whole, so that the numbers in other
/// commands for the file stay right, and a command that is run twice does no harm.
struct PlaintextFile {
    let place: LeftoverPlace
    let keys: [LooseKeys.Key]
    let isText: Bool
    /// All of it was searched.
    let isSearchedWhole: Bool
    /// The ids of the keys that the store has.
    let stored: Set<String>

    /// GNU sed's largest number of repetitions.
    private static let farthest = 32_767
    /// What a key's lines hold, as extended regular expressions.
    private static let identifier = "AKIA[A-Z0-9]{12}"
    private static let secret = "(^|[^A-Za-z0-9+/])[A-Za-z0-9+/]{40}([^A-Za-z0-9+/]|$)"
    /// More would make a line that cannot be read.
    private static let most = 16

    /// The keys that the command is about: those that are kept elsewhere or else the first that is not.
    private var wanted: [LooseKeys.Key] { lost.map { [$0] } ?? Array(keys.prefix(Self.most)) }

    /// The first key that is nowhere else.
    var lost: LooseKeys.Key? { keys.first { !isKept($0) } }

    /// Whether this very secret is certain to be somewhere else: those of the store cannot be compared while it is locked.
    private func isKept(_ key: LooseKeys.Key) -> Bool {
        switch key.twin {
        case .same: true
        case .other: false
        case .none: key.belonging == .certain && isStored(key)
        }
    }

    /// Whether the store has a key of the same id.
    private func isStored(_ key: LooseKeys.Key) -> Bool { key.identifier.map { stored.contains($0) } ?? false }

    /// `FILE:LINE`, or the file alone if it is not text.
    var position: String { isText ? "\(place.path):\(wanted[0].line)" : place.path }

    /// - Parameter name: what to store a key as that is only here; nil while it cannot be seen which are stored.
    func command(keepingAs name: String?) -> String {
        guard let lost else { return removal }
        guard let name else { return "warder unlock" }
        // The store may have another secret.
        if isStored(lost) { return isText ? editing(lost) : "ls -l \(file)" }
        guard isText, lost.identifier != nil else { return isText ? editing(lost) : "warder add \(shellWord(name))" }
        guard lost.isAlone, lost.belonging != .doubtful, place.kind != .history else {
            return "warder add \(shellWord(name))"
        }
        let lines = lost.lines.map { "\($0)p" }.joined(separator: ";")
        return "sed -n '\(lines)' \(file) | warder add \(shellWord(name)) --stdin && \(removal)"
    }

    private var file: String { shellWord(place.path) }

    /// It holds nothing but what a program makes again: a cache, or the swap file of an editor.
    private var mayGo: Bool {
        let name = lastPart(ofPath: place.path)
        let isSwap = name.begins(with: ".") && [".swp", ".swo", ".swn"].contains { name.ends(with: $0) }
        return isSearchedWhole && (place.kind == .cache || isSwap)
    }

    /// Takes the secrets away, and leaves all else.
    private var removal: String {
        if !isText || place.kind == .cache { return mayGo ? "rm \(file)" : "ls -l \(file)" }
        if let far = wanted.first(where: { !isOnLinesOfItsOwn($0) && $0.column > Self.farthest }) {
            return editing(far)
        }
        let edits = wanted.flatMap { key -> [String] in
            guard isOnLinesOfItsOwn(key) else {
                let secret = "[A-Za-z0-9+/]{40}([^A-Za-z0-9+/]|$)"
                return ["\(key.line)s,^(.{\(key.column)})\(secret),\\1REMOVED\\2,"]
            }
            return key.lines.map { line in
                // Another line may stand there by now.
                let guarding = line == key.line ? Self.secret : Self.identifier
                return "\(line){\\,\(guarding),s/[^[:blank:]].*/\(isPOSIX ? ":" : "")/}"
            }
        }
        // Bytes are counted, not characters.
        return "LC_ALL=C sed -i --follow-symlinks -E '\(edits.joined(separator: ";"))' \(file)"
    }

    /// Whether the key's lines can go as a whole.
    private func isOnLinesOfItsOwn(_ key: LooseKeys.Key) -> Bool { key.isAlone && place.kind != .history }

    /// Where a line may be all that a block has, and `:` does nothing.
    private var isPOSIX: Bool {
        guard place.kind == .startUp else { return false }
        let name = lastPart(ofPath: place.path)
        return name.begins(with: ".") && !name.isSame(as: ".pam_environment")
    }

    private func editing(_ key: LooseKeys.Key) -> String { "${EDITOR:-vi} +\(key.line) \(file)" }
}
