import Glibc
import Linux
import Secrets
import Text

/// Why there is no passphrase.
public enum PassphraseError: Error, Equatable, Sendable {
    /// No user may be asked, and no other source is set.
    case notAllowed
    /// The terminal failed.
    case terminal(TerminalError)
    /// The pinentry failed.
    case pinentry(PinentryError)
    /// The command failed.
    case command(ChildError)
    /// The service manager's credential cannot be read.
    case credential(FileError)
    /// The variable does not name a descriptor that can be read.
    case unreadableDescriptor(variable: String, value: String)
    /// The passphrase is empty.
    case empty
    /// The command printed nothing. `said` is the end of its messages, unless the user saw them.
    case commandGaveNone(said: String)
    /// The user's two entries differ.
    case different
    /// Ctrl-Z: this process must stop, once it holds nothing that others wait for.
    case stopped
    /// The passphrase is no longer needed.
    case needless
}

/// Where passphrases come from.
///
/// The order is: a descriptor, a command, a variable, a credential of the service manager, a prompt. The first that is
/// set is used, and its failure is final: a user who configured one source must not be surprised by another.
public struct PassphraseSource: Sendable {
    /// The longest passphrase, in bytes.
    public static let limit = 1024

    private let variable: String
    private let methods: [PromptMethod]
    private let credential: String?

    /// The passphrase that opens the vault: `WARDER_PASSPHRASE_FD`, `WARDER_PASSPHRASE_COMMAND`, `WARDER_PASSPHRASE`,
    /// then the credential `warder.passphrase`, then a prompt.
    ///
    /// - Parameters:
    ///   - methods: in order of preference; empty to prompt for nothing.
    ///   - credentialsFolder: `$CREDENTIALS_DIRECTORY` of systemd.exec(5).
    public static func current(asking methods: [PromptMethod], credentialsFolder: String?) -> PassphraseSource {
        PassphraseSource(
            variable: "WARDER_PASSPHRASE", methods: methods,
            credential: credentialsFolder.map { $0 + "/warder.passphrase" })
    }

    /// A passphrase that replaces an older one: `WARDER_NEW_PASSPHRASE_FD`, `_COMMAND`, or `WARDER_NEW_PASSPHRASE`
    /// itself.
    public static func new(asking methods: [PromptMethod]) -> PassphraseSource {
        PassphraseSource(variable: "WARDER_NEW_PASSPHRASE", methods: methods, credential: nil)
    }

    /// The passphrase that opens the vault, from a variable or the terminal.
    public static func current(mayPrompt: Bool) -> PassphraseSource {
        current(asking: mayPrompt ? [.terminal] : [], credentialsFolder: nil)
    }

    /// A passphrase that replaces an older one, from a variable or the terminal.
    public static func new(mayPrompt: Bool) -> PassphraseSource { new(asking: mayPrompt ? [.terminal] : []) }

    /// The variables to hide from every child.
    public static let variables = ["WARDER_PASSPHRASE", "WARDER_NEW_PASSPHRASE"].flatMap { name in
        [name, name + "_FD", name + "_COMMAND"]
    }

    /// Sets close-on-exec on the descriptors that passphrases are read from, so that no program that warder starts or
    /// becomes inherits them.
    public static func keepDescriptorsFromChildren(_ environment: Environment) {
        for name in variables where name.ends(with: "_FD") {
            guard let number = environment.nonEmpty(name).flatMap({ Int32($0) }), number > 2 else { continue }
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Whether the passphrase is available without a prompt.
    public func isUnattended(in environment: Environment) -> Bool {
        environment.nonEmpty(variable + "_FD") != nil || environment.nonEmpty(variable + "_COMMAND") != nil
            || environment.nonEmpty(variable) != nil || credential.map(fileExists) == true
    }

    /// Identifies the unattended source, which processes with the same source have in common: the passphrase itself or,
    /// if a program supplies it, which program. Nil if the passphrase can be read only once, or only by a prompt.
    public func commonGround(in environment: Environment) -> SecretBytes? {
        if environment.nonEmpty(variable + "_FD") != nil { return nil }
        if let command = environment.nonEmpty(variable + "_COMMAND") {
            var ground = SecretBytes("command ")
            ground.append(command)
            return ground
        }
        var ground = SecretBytes("value ")
        if let given = environment.secret(variable) {
            ground.append(given)
        } else if let credential, fileExists(credential), let given = try? firstLine(ofFile: credential) {
            ground.append(given)
        } else {
            return nil
        }
        return ground
    }

    /// Reads the passphrase from the first source that is set.
    ///
    /// - Parameters:
    ///   - question: the prompt, as `passphrase for ~/.local/share/warder/vault: `.
    ///   - again: the second prompt, for a passphrase that is being chosen; nil to ask once.
    ///   - error: why the previous answer was rejected; nil the first time.
    ///   - cancellation: what ends the prompt besides its deadline, by `.stopped` and `.needless`.
    ///   - hear: receives the messages of a command, unless the user saw them.
    public func passphrase(
        asking question: String, again: String?, error: String? = nil, in environment: Environment,
        cancellation: PromptCancellation = PromptCancellation(), hear: (String) -> Void = { _ in }
    ) throws(PassphraseError) -> SecretBytes {
        let passphrase: SecretBytes
        if let number = environment.nonEmpty(variable + "_FD") {
            passphrase = try read(descriptor: number)
        } else if let command = environment.nonEmpty(variable + "_COMMAND") {
            passphrase = try Self.read(command: command, hear)
        } else if let value = environment.secret(variable) {
            passphrase = value
        } else if let credential, fileExists(credential) {
            passphrase = try firstLine(ofFile: credential)
        } else {
            passphrase = try PassphrasePrompt(text: question, again: again, error: error, cancellation: cancellation)
                .ask(methods, in: environment)
        }
        guard !passphrase.isEmpty else { throw .empty }
        return passphrase
    }

    /// The first line of the service manager's file.
    private func firstLine(ofFile path: String) throws(PassphraseError) -> SecretBytes {
        do throws(FileError) {
            var text = try readCredentialFile(path, limit: Self.limit)
            if let end = (0..<text.count).first(where: { text[$0] == UInt8(ascii: "\n") }) { text.truncate(to: end) }
            return Self.withoutReturn(text)
        } catch { throw .credential(error) }
    }

    /// A line without the carriage return that some editors write before the newline.
    private static func withoutReturn(_ line: consuming SecretBytes) -> SecretBytes {
        if line.count > 0, line[line.count - 1] == UInt8(ascii: "\r") { line.truncate(to: line.count - 1) }
        return line
    }

    private static func read(
        command: String, _ hear: (String) -> Void
    ) throws(PassphraseError) -> SecretBytes {
        let answer: CommandOutput
        do throws(ChildError) {
            answer = try Linux.commandOutput(
                ofShellCommand: command, withheld: variables, limit: limit, until: .after(milliseconds: 60_000))
        } catch { throw .command(error) }
        let said = answer.said()
        guard !answer.text.isEmpty else { throw .commandGaveNone(said: said) }
        hear(said)
        return answer.text.copy()
    }

    /// The first line that can be read from the descriptor.
    private func read(descriptor text: String) throws(PassphraseError) -> SecretBytes {
        let failure = PassphraseError.unreadableDescriptor(variable: variable + "_FD", value: text)
        guard let number = Int32(text), number >= 0 else { throw failure }
        var line = SecretBytes(capacity: Self.limit)
        while line.count <= Self.limit {
            var byte: UInt8 = 0
            let count = Glibc.read(number, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure }
            if count == 0 || byte == UInt8(ascii: "\n") { return Self.withoutReturn(line) }
            line.append(byte)
        }
        throw failure
    }
}

/// How long a user has to answer a prompt.
public enum PromptTimeout {
    /// Two minutes from now.
    public static var deadline: Deadline { .after(milliseconds: 120_000) }
}
