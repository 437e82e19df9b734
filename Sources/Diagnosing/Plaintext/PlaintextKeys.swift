import Importing
import Text

/// Long-term keys in plain text: in the AWS files, and in the other places where they are likely to lie.
enum PlaintextKeys: Check {
    private static let why = "every program you run can read it"

    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        var search = PlaintextSearch(subject)
        for pair in search.found?.pairs ?? [] { diagnosis.add(finding(pair.profile, at: pair.origin.place)) }
        note(search.found?.sessions.map { $0.origin.place } ?? [], &diagnosis)
        for file in search.files() {
            guard file.place.kind != .program else {
                diagnosis.add(remark(file))
                continue
            }
            let name = search.isLocked ? nil : file.lost.map { search.freeName(for: $0.identifier) } ?? "NAME"
            diagnosis.add(finding(file, keepingAs: name))
        }
        for path in search.unfinished {
            diagnosis.add(
                Remark(
                    "searched_in_part", at: path,
                    "the search for plaintext keys is incomplete: it reached its limit in this file")
            )
        }
        for path in search.passedOver {
            diagnosis.add(
                Remark(
                    "searched_in_part", at: path,
                    "the search for plaintext keys is incomplete: it passed over names here that are not UTF-8"))
        }
    }

    /// A key that `import` can take.
    private static func finding(_ profile: String, at place: String) -> Finding {
        Finding(
            "plaintext_key", .exposed, at: place, "the profile \(profile) has a key in plain text",
            why: why + ", and SDKs take it before they ask warder",
            .run("warder import \(operand(profile))"))
    }

    private static func finding(_ file: PlaintextFile, keepingAs name: String?) -> Finding {
        let count = file.keys.count
        return Finding(
            file.place.kind.code, .exposed, at: file.position,
            (count == 1 ? "a key is stored in plain text" : "\(count) keys are stored in plain text")
                + " \(file.place.kind.words)", why: why,
            .run(file.command(keepingAs: name)))
    }

    /// A program that has no other way to its key is not broken.
    private static func remark(_ file: PlaintextFile) -> Remark {
        Remark(
            "program_with_key", at: file.position,
            "a program keeps its own access key in plain text; most programs can use a profile that asks warder")
    }

    private static func note(_ sessions: [String], _ diagnosis: inout Diagnosis) {
        guard let first = sessions.first else { return }
        let what =
            sessions.count == 1 ? "session credentials" : "credentials of \(sessions.count) sessions"
        diagnosis.add(Remark("plaintext_session", at: first, "\(what) in plain text, which expire"))
    }
}

extension LeftoverPlace.Kind {
    /// The code of a finding in such a file.
    fileprivate var code: String {
        switch self {
        case .awsFile: "plaintext_key"
        case .copy: "plaintext_key_in_copy"
        case .cache: "plaintext_key_in_cache"
        case .startUp: "plaintext_key_at_start_up"
        case .history: "plaintext_key_in_history"
        case .program, .variables: "plaintext_key_in_variables"
        }
    }

    fileprivate var words: String {
        switch self {
        case .awsFile: "where warder import cannot take it"
        case .copy: "in a copy of another file, or in a file beside the AWS files"
        case .cache: "in a cache"
        case .startUp: "in a shell's start-up file"
        case .history: "in a shell's history"
        case .program, .variables: "in a file of variables"
        }
    }
}
