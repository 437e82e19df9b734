import Linux
import Profiles
import Text

// The machine's rules, and the file that they stand in.

/// A line of the machine's settings that sets a bound.
package struct RuleLine: Sendable, Equatable {
    /// The setting's name.
    package let name: String
    /// Its value, as written.
    package let value: String
    /// Where it is written.
    package let origin: Origin

    /// A bound of `[policy]`.
    package init(name: String, value: String, origin: Origin) {
        self.name = name
        self.value = value
        self.origin = origin
    }

    /// What the rule is, as a sentence begins with it: `require_mfa is true`.
    package var spoken: String { "\(name) is \(value)" }
}

extension Failure {
    /// A rule of this machine forbids what was asked for.
    ///
    /// - Parameters:
    ///   - what: what goes past the rule, as `the keys are in the vault`.
    ///   - hint: how to go on within the rule.
    ///   - command: the command line in the hint, if it can be run as it is.
    package init(_ rule: RuleLine, forbids what: String, hint: String, command: String? = nil) {
        self.init(
            .badConfig, "\(rule.origin.place): \(rule.spoken), but \(what)", hint: hint, command: command,
            origin: rule.origin.place, fault: "policy_" + rule.name, cause: .forbidden)
    }

    /// The machine's settings are not used, and so nothing that they may forbid is done.
    package init(_ error: RootsFileError) {
        let (message, advice, command) = Self.words(error)
        let hint = [advice, command].compactMap { $0 }.joined(separator: ": ")
        self.init(.badConfig, message, hint: hint, command: command, fault: "machine_settings")
    }

    /// What is wrong, what to do, and the command that does it.
    private static func words(_ error: RootsFileError) -> (String, String?, String?) {
        let what = "the machine's settings"
        switch error {
        case .system(let error):
            // What cannot even be looked at is in a folder that is closed.
            let closed = error.call == "lstat" ? folder(ofPath: error.path) ?? error.path : error.path
            return (
                "\(what) \(error.path) cannot be read: \(error.reason.lowercasedFirst)",
                "let every user read them", "sudo chmod a+rX \(shellWord(closed))"
            )
        case .foreign(let path, let owner):
            return (
                "\(what) are not used: \(path) belongs to user \(owner), not to root",
                nil, "sudo chown -h root: \(shellWord(path))"
            )
        case .writable(let path, let mode):
            return (
                "\(what) are not used: users other than root can write to \(path) (mode \(String(mode, radix: 8)))",
                nil, "sudo chmod go-w \(shellWord(path))"
            )
        case .notAFile(let path):
            return (
                "\(what) are not used: \(path) is not a plain file", "see what it is: ls -ld \(shellWord(path))", nil
            )
        case .brokenLink(let path, let target):
            return (
                "\(what) are not used: \(path) is a link to \(target), which does not exist",
                "put the file there, or remove the link", "sudo rm \(shellWord(path))"
            )
        case .tooLarge(let path, let limit):
            return (
                "\(what) are not used: \(path) is larger than \(limit / 1024) KiB",
                "see what grew in it, and make it smaller", nil
            )
        }
    }
}
