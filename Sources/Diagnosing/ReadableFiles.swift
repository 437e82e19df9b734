import Failures
import Setup
import Text

/// Whether the AWS files and warder's settings can be read at all.
enum ReadableFiles: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        for failure in [failure(subject.profiles), failure(subject.settings)].compactMap({ $0 }) {
            diagnosis.add(Finding(failure))
        }
    }

    private static func failure<R>(_ result: Result<R, Failure>) -> Failure? {
        if case .failure(let failure) = result { failure } else { nil }
    }
}

extension Finding {
    /// A failure that commands meet.
    init(_ failure: Failure) {
        self.init(
            failure.fault ?? "unreadable", .broken, at: failure.origin, failure.message,
            why: "no command and no program gets credentials until then", .run(failure.hint))
    }
}
