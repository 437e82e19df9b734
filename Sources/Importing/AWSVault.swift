import Failures
import JSON
import Linux
import Profiles
import Prompt
import Secrets
import Setup
import Text

/// aws-vault, asked by its own command, which may ask for its own passphrase on the terminal.
struct AWSVault {
    private let context: Context
    private let program: String

    /// In bytes; a name takes a line.
    private static let longestList = 256 * 1024
    private static let longestKey = 16 * 1024

    init(_ context: Context) throws(Failure) {
        guard let program = programPath("aws-vault", searchPath: context.environment["PATH"]) else {
            throw Failure(
                .notFound, "there is no program aws-vault in PATH",
                hint: "warder import alone takes the keys of the AWS files")
        }
        self.context = context
        self.program = program
    }

    /// The names of the keys that it has.
    func names() throws(Failure) -> [String] {
        let text = try output("list", "--credentials", limit: Self.longestList)
        return text.withUnsafeBytes { bytes in
            bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
                .map { $0.utf8.last == UInt8(ascii: "\r") ? String($0.unicodeScalars.dropLast()) : $0 }
                .filter { !$0.isEmpty }
        }
    }

    /// The key of that name.
    func key(_ name: String) throws(Failure) -> PlaintextPair {
        let text = try output("export", "--no-session", "--format=json", name, limit: Self.longestKey)
        do throws(JSONError) {
            let answer = try JSONObject(text)
            guard let identifier = try answer.text("AccessKeyId"), let secret = try answer.secret("SecretAccessKey"),
                !identifier.isEmpty, !secret.isEmpty
            else { throw .notAnObject }
            switch try answer.secret("SessionToken") {
            case .some(let token) where !token.isEmpty: throw JSONError.wrongType(key: "SessionToken")
            default: break
            }
            return PlaintextPair(
                profile: name, accessKeyID: identifier, secret: secret,
                origin: Origin(path: "aws-vault", line: 0), files: [])
        } catch {
            if case .wrongType("SessionToken") = error {
                throw Failure(
                    .other, "aws-vault gave out a session for \(name), not its key",
                    hint: "see what it says: aws-vault export --no-session \(shellWord(name))")
            }
            throw Failure(
                .other, "what aws-vault printed for \(name) is not a key",
                hint: "see whether it works: aws-vault export --no-session \(shellWord(name))")
        }
    }

    /// When to give it up. It may ask at the terminal, where the user sees that and can press Ctrl-C, or in a window.
    private var deadline: Deadline? {
        if context.canAsk { return nil }
        let hasWindow = context.mayPrompt && context.environment.hasDisplay
        return hasWindow ? PromptTimeout.deadline : .after(milliseconds: 20_000)
    }

    /// A profile's role is not wanted, but the key behind it: aws-vault reads no config, and none of the variables that
    /// stand for its settings.
    private func output(_ arguments: String..., limit: Int) throws(Failure) -> SecretBytes {
        do throws(ChildError) {
            return try Linux.output(
                ofProgram: program, arguments,
                withheld: PassphraseSource.variables + ["AWS_VAULT", "AWS_ROLE_ARN", "AWS_MFA_SERIAL"],
                adding: ["AWS_CONFIG_FILE": "/dev/null"], limit: limit, until: deadline)
        } catch {
            throw Failure(
                .other, "aws-vault \(arguments[0]) \(error.outcome(in: context.environment).withoutFullStop)",
                hint: "see whether it works: aws-vault \(arguments[0] == "list" ? "list --credentials" : "list")")
        }
    }
}
