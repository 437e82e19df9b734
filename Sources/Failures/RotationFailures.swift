import Profiles
import STS
import Text

// Errors of replacing a key at AWS, in the user's words.

extension Failure {
    /// - Parameters:
    ///   - name: the key's name.
    ///   - action: IAM's or STS's name of the request, such as `CreateAccessKey`.
    ///   - what: the same for people, as `make a new key`.
    ///   - hasMFA: a session made with MFA signed it.
    package init(
        _ error: STSError, rotating name: String, action: String, doing what: String, hasMFA: Bool,
        signer: RequestSigner
    ) {
        self.init(error, doing: what, signer: signer)
        if case .accessDenied = error {
            self = saying(
                hint: hasMFA
                    ? "the policy of the key's user must allow iam:\(action) for that user"
                    : "the policy must allow iam:\(action); if it asks for MFA, set mfa_serial in the profile \(name)")
        }
        guard let refusal = error.refusal else {
            cause = error.isCertainlyUnsent ? .notMade : .ordinary
            if action == "CreateAccessKey", cause == .ordinary {
                self = saying(
                    hint: "run warder rotate \(shellWord(name)) again: if AWS made a key, that deletes it")
            }
            return
        }
        if refusal.code == "NoSuchEntity" { cause = .noSuchEntity } else if refusal.status < 500 { cause = .notMade }
        if refusal.code == "LimitExceeded" {
            self = saying(hint: "AWS does not list every key yet: run warder rotate \(shellWord(name)) in a minute")
        }
    }

    /// Another process replaced the key, removed it, or rotates it.
    package static func changedWhileRotating(_ name: String) -> Failure {
        Failure(
            .other, "the key \(name) was changed by another process meanwhile",
            hint: "see what became of it: warder list; to go on: warder rotate \(shellWord(name))")
    }

    /// What is noted about the rotation is of a later version.
    package static func newerRotation(_ name: String) -> Failure {
        Failure(
            .other, "a newer warder began to rotate the key \(name), and noted what this one cannot read",
            hint: "finish it with that one: warder rotate \(shellWord(name))")
    }

    /// AWS lists other keys of the user that signs.
    package static func notListed(_ name: String, _ id: String) -> Failure {
        Failure(
            .refused, "AWS does not list \(id) among the keys of the user that signed for \(name)",
            hint: "see whether the profile's MFA session is of the same user: warder explain \(shellWord(name))")
    }

    /// - Parameters:
    ///   - other: the id of the key in the way.
    ///   - holder: the name that it is stored under, if it is.
    ///   - lastUse: when it was last used, in words; nil if that is not known.
    package static func twoKeys(
        _ name: String, inUse: String, other: String, storedAs holder: String?, isActive: Bool, lastUse: String?
    ) -> Failure {
        let stored = holder.map { "stored as \($0)" }
        let state = [stored, isActive ? "active" : "inactive", lastUse].compactMap { $0 }.joined(separator: ", ")
        let command = "aws iam delete-access-key --access-key-id \(shellWord(other))"
        return Failure(
            .refused,
            "\(name): its user has two keys already, \(inUse) and \(other) (\(state)), and AWS allows no third",
            hint: holder.map { "if nothing uses \($0): warder remove \(shellWord($0)), then \(command)" }
                ?? "if nothing uses \(other): \(command)")
    }

    /// IAM answered a request for a new key with one that was there before.
    package static func notNew(_ name: String, _ id: String) -> Failure {
        Failure(
            .network, "\(name): IAM answered with the key \(id), which was there before, and made no new one",
            hint: "see what is there: warder rotate --dry-run \(shellWord(name))")
    }

    /// Programs go by a copy of the key in one of the AWS files.
    package static func inPlaintext(_ name: String, _ profile: String, _ origin: Origin) -> Failure {
        Failure(
            .badConfig,
            "\(origin.place): the key \(name) is in plain text too, and programs that go by that would fail without it",
            hint: "first run warder import \(shellWord(profile))", origin: origin.place)
    }

    /// AWS did not accept a new key in time.
    package static func neverAccepted(_ name: String, new: String, inUse: String) -> Failure {
        Failure(
            .refused, "AWS did not accept the new key \(new) within a minute, and it is deleted; \(inUse) stays in use",
            hint: "try again later: warder rotate \(shellWord(name))")
    }

    /// Another process is at work.
    package static var rotatingAlready: Failure {
        Failure(.other, "another warder rotate is at work", hint: "wait for it to finish, then run warder rotate again")
    }

    /// The same failure, of a rotation that can be finished.
    ///
    /// - Parameter inUse: the id of the key that is in use meanwhile.
    package func unfinished(_ name: String, inUse: String) -> Failure {
        saying("\(message); \(inUse) is in use", hint: "to finish: warder rotate \(shellWord(name)) (\(hint))")
    }

    /// A new key could not be stored.
    ///
    /// - Parameter left: why it is still at AWS; nil if it was deleted there.
    package func notStored(_ name: String, _ id: String, left: String?) -> Failure {
        guard let left else {
            return saying("\(message); the new key \(id) was deleted at AWS, and the old one stays in use")
        }
        return saying(
            "\(message); the new key \(id) is still at AWS, and nothing has its secret (\(left))",
            hint: "fix that, and run warder rotate \(shellWord(name)), which deletes it (\(hint))")
    }
}
