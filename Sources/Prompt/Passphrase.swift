import Glibc
import Linux
import Secrets
import Text

/// Why there is no passphrase.
public enum PassphraseError: Error, Equatable, Sendable {
    /// Nobody may be asked, and there is no other source.
    case notAllowed
    /// The terminal gave none.
    case terminal(TerminalError)
    /// The pinentry gave none.
    case pinentry(PinentryError)
    /// The command gave none.
    case command(ChildError)
    /// The service manager's credential cannot be read.
    case credential(FileError)
    /// The variable does not name a descriptor that can be read.
    case unreadableDescriptor(variable: String, value: String)
    /// The passphrase is empty.
    case empty
    /// The command printed nothing. What it `said` is the end of its messages, if nobody saw them.
    case commandGaveNone(said: String)
    /// The two answers differ.
    case different
    /// Ctrl-Z: this process is to stop, once it holds nothing that others wait for.
    case stopped
    /// It is not needed any more.
    case needless
}

/// Where passphrases come from.
///
/// In this order: a descriptor, a command, a variable, a credential of the service manager, somebody who is asked. The
/// first that is set is used, and its failure is final: a user who configured one source must not be surprised by
/// another.
public struct PassphraseSource: Sendable {
    /// The longest passphrase, in bytes.
    public static let limit = 1024

    private let variable: String
    private let methods: [PromptMethod]
    private let credential: String?

    /// The passphrase that opens the vault: `WARDER_PASSPHRASE_FD`, `WARDER_PASSPHRASE_COMMAND`, `WARDER_PASSPHRASE`,
    /// then the credential `warder.passphrase`, then those who may be asked.
    ///
    /// - Parameters:
    ///   - askers: in the order of preference; none to ask nobody.
    ///   - credentialsFolder: `$CREDENTIALS_DIRECTORY` of systemd.exec(5).
    public static func current(asking methods: [PromptMethod], credentialsFolder: String?) -> PassphraseSource {
        PassphraseSource(
            variable: "WARDER_PASSPHRASE", methods: methods,
            credential: credentialsFolder.map { $0 + "/warder.passphrase" })
    }

    /// A passphrase to be set in place of an older one: `WARDER_NEW_PASSPHRASE`, and `_FD` and `_COMMAND` of it.
    public static func new(asking methods: [PromptMethod]) -> PassphraseSource {
        PassphraseSource(variable: "WARDER_NEW_PASSPHRASE", methods: methods, credential: nil)
    }

    /// The passphrase that opens the vault, from a variable or the terminal.
    public static func current(mayPrompt: Bool) -> PassphraseSource {
        current(asking: mayPrompt ? [.terminal] : [], credentialsFolder: nil)
    }

    /// A passphrase to be set in place of an older one, from a variable or the terminal.
    public static func new(mayPrompt: Bool) -> PassphraseSource { new(asking: mayPrompt ? [.terminal] : []) }

    /// The variables that no child may see.
    public static let variables = ["WARDER_PASSPHRASE", "WARDER_NEW_PASSPHRASE"].flatMap { name in
        [name, name + "_FD", name + "_COMMAND"]
    }

    /// Marks the descriptors that passphrases are read from, so that no program that warder starts or becomes has them.
    public static func keepDescriptorsFromChildren(_ environment: Environment) {
        for name in variables where name.ends(with: "_FD") {
            guard let number = environment.nonEmpty(name).flatMap({ Int32($0) }), number > 2 else { continue }
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Whether a passphrase can be had without asking anybody.
    public func isUnattended(in environment: Environment) -> Bool {
        environment.nonEmpty(variable + "_FD") != nil || environment.nonEmpty(variable + "_COMMAND") != nil
            || environment.nonEmpty(variable) != nil || credential.map(fileExists) == true
    }

    /// What processes that get their passphrase in the same unattended way have in common: the passphrase itself or,
    /// where it takes a program to get it, which one that is. Nil where it is to be had once only, or by asking.
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

    /// Gets the passphrase.
    ///
    /// - Parameters:
    ///   - question: what is asked for, as `passphrase for ~/.local/share/warder/vault: `.
    ///   - again: the second question, for a passphrase that is being chosen; nil to ask once.
    ///   - error: why the first answer was not good; nil at the first time.
    ///   - lettingGo: what ends the question besides its deadline, by `.stopped` and `.needless`.
    ///   - hear: is given what a command said beside it, if nobody saw that.
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

    /// A line without the half of its end that some editors write before the newline.
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

    /// The first line that the descriptor gives.
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

/// How long warder waits for somebody to answer.
public enum PromptTimeout {
    /// Two minutes from now.
    public static var deadline: Deadline { .after(milliseconds: 120_000) }
}
