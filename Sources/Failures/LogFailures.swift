import AuditLog
import Linux

extension Failure {
    /// Why the log cannot be read or written, in words.
    package init(_ error: LogError) {
        switch error {
        case .busy:
            self.init(
                .other, "another warder holds the lock of the log, and has not let go of it",
                hint: "run the command again")
        case .file(let error): self.init(error, "the log")
        case .newer(let path): self = .newer("\(path), the log's seal")
        case .crypto:
            self.init(.other, "libcrypto failed on the log", hint: "this is a bug of warder's: please report it")
        }
    }

    /// What a verification of the log has found.
    package init(_ damage: LogDamage, file: String, line: Int) {
        let place = line > 0 ? "\(file):\(line)" : file
        let (what, hint) = Self.words(damage)
        self.init(.damaged, "\(place): \(what)", hint: hint)
    }

    private static func words(_ damage: LogDamage) -> (what: String, hint: String) {
        let anew = "keep a copy of the log; then, to go on: warder log --begin-anew"
        let before = "what comes before it is as it was written; \(anew)"
        return switch damage {
        case .noSeal:
            ("the log's seal is not there", "if you removed it yourself: warder log --begin-anew")
        case .foreign:
            (
                "this is another log than the one that the store knows",
                "if you removed that one, or restored an older vault: warder log --begin-anew"
            )
        case .changed: ("this line is not what was written", before)
        case .missing: ("lines are missing before this one", before)
        case .outOfPlace: ("this line belongs to another place", before)
        case .cut: ("lines are missing at the end", before)
        case .older:
            (
                "the log ends here, and the store has seen more lines of it",
                "an older copy was put in its place; \(anew)"
            )
        }
    }
}
