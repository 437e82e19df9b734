import Failures
import Foundation
import Profiles
import Testing

/// Errors of one type, each in the words that users get for it.
struct Table: CustomTestStringConvertible, Sendable {
    /// The type, as it is called in its module.
    let errors: String
    /// The name of each error's case, and what is said of it.
    let rows: [(name: String, failure: Failure)]

    var testDescription: String { errors }

    /// - Parameters:
    ///   - errors: one for each case at least, and more where the words differ.
    ///   - words: what is said of one.
    init<E: Error>(_ errors: [E], words: (E) -> Failure) {
        self.errors = String(describing: E.self)
        rows = errors.map { (caseName($0), words($0)) }
    }

    /// Failures that are made without an error.
    init(_ name: String, _ rows: [(String, Failure)]) {
        errors = name
        self.rows = rows.map { (name: $0.0, failure: $0.1) }
    }

    /// As a file of `Tests/Vectors/messages` has it: the case, what warder exits with and how far it reaches, where that
    /// is more than the code says; the message; the hint.
    var text: String {
        rows.map { name, failure in
            var head = "\(name): \(failure.code)"
            if failure.scope != FailureScope(of: failure.code) { head += ", for \(failure.scope)" }
            if failure.cause != .ordinary { head += ", cause \(failure.cause)" }
            if let fault = failure.fault { head += ", fault \(fault)" }
            if let origin = failure.origin { head += ", at \(origin)" }
            return "\(head)\n\(failure.message)\nhint: \(failure.hint)\n"
        }.joined(separator: "\n")
    }
}

/// The name of an error's case, as it is written in its enum.
func caseName<E: Error>(_ error: E) -> String {
    String(describing: error).prefix { $0 != "(" }.description
}

/// The line that errors of a config point at.
let line = Origin(path: "/home/ann/.aws/config", line: 3)

/// The folder that the package is in.
let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// All of them, with `outside` wherever an error carries text that is not warder's own.
func tables(_ outside: String) -> [Table] {
    configTables(outside) + networkTables(outside) + federationTables(outside) + storeTables(outside)
        + promptTables(outside) + fileTables(outside) + usageTables(outside) + rotationTables(outside)
        + policyTables(outside) + [spokenTable(outside)]
}
