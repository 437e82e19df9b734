import Linux
import Text

/// Something that is wrong, or will be, and the command that mends it.
package struct Finding: Equatable, Sendable {
    /// How grave it is; the gravest is shown first.
    package enum Gravity: String, CaseIterable, Comparable, Sendable {
        /// Others can read a secret, or could.
        case exposed
        /// Programs get no credentials, or others than the user thinks.
        case broken
        /// It works today, and may not tomorrow.
        case risky

        /// The graver is the lesser: it is shown first.
        package static func < (left: Gravity, right: Gravity) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Its name in machine-readable output, one word.
    package let code: String
    package let gravity: Gravity
    /// Where: `FILE:LINE`, a path, a variable; nil where there is no such place.
    package let place: String?
    /// What is wrong: one line, lower case, without a full stop.
    package let what: String
    /// Why that matters: one line like `what`.
    package let why: String
    /// What mends it.
    package let remedy: Remedy

    /// Its place and its command: the same of two findings that one command takes away, at one place.
    var mending: [UInt8] { Array((place ?? code).utf8) + [0] + Array(remedy.command.utf8) }

    /// A finding. No part of it may hold a secret.
    package init(
        _ code: String, _ gravity: Gravity, at place: String? = nil, _ what: String, why: String, _ remedy: Remedy
    ) {
        self.code = code
        self.gravity = gravity
        self.place = place
        self.what = what
        self.why = why
        self.remedy = remedy
    }
}

/// What mends a finding, or shows what to mend.
package struct Remedy: Equatable, Sendable {
    /// A line for a POSIX shell.
    package let command: String
    /// What `warder doctor --fix` does in its place, after a yes; nil where a person should do it.
    package let fix: Fix?

    /// A command that the user runs.
    package static func run(_ command: String) -> Remedy { Remedy(command: command, fix: nil) }

    /// What `--fix` may do too.
    package static func fix(_ fix: Fix) -> Remedy { Remedy(command: fix.command, fix: fix) }
}

/// A change that loses nothing and can be undone by hand.
package enum Fix: Equatable, Sendable {
    /// Sets the mode of a file of this user's, if it is still that file.
    case mode(path: String, to: UInt32, of: FileIdentity?)
    /// `warder adopt` of a profile.
    case adopt(profile: String)

    /// Sets the mode of what is at `path` now.
    package static func mode(path: String, to mode: UInt32) -> Fix {
        .mode(path: path, to: mode, of: FileIdentity(at: path))
    }

    /// The same as a command.
    package var command: String {
        switch self {
        case .mode(let path, let mode, _): "chmod \(String(mode, radix: 8)) \(shellWord(path))"
        case .adopt(let profile): "warder adopt \(operand(profile))"
        }
    }
}

/// What is in force, and needs no mending: a proxy, an endpoint of one's own.
package struct Remark: Equatable, Sendable {
    /// Its name in machine-readable output, one word.
    package let code: String
    /// Where it is set: `FILE:LINE` or a variable; nil where there is no such place.
    package let place: String?
    /// One line, lower case, without a full stop.
    package let what: String
    /// How long a request took; nil where there was none.
    package let milliseconds: Int64?

    package init(_ code: String, at place: String? = nil, _ what: String, milliseconds: Int64? = nil) {
        self.code = code
        self.place = place
        self.what = what
        self.milliseconds = milliseconds
    }
}
