import CLinux
import Glibc
import Secrets

/// The output and the messages of a command that succeeded.
public struct CommandOutput: ~Copyable {
    /// Its output, without trailing line ends.
    public let text: SecretBytes
    private let messages: ChildMessages?
    private let secrets: SentSecrets

    fileprivate init(_ text: consuming SecretBytes, _ messages: ChildMessages?, hiding secrets: consuming SentSecrets) {
        self.text = text
        self.messages = messages
        self.secrets = secrets
    }

    /// The end of its messages on one line, unless the user has already seen them: for reporting a useless answer.
    public borrowing func said() -> String {
        guard let messages else { return "" }
        var hidden = secrets.copy()
        hidden.add(text)
        return messages.told(hiding: hidden)
    }
}

/// Runs a command line in `/bin/sh` and returns its output, without trailing line ends.
///
/// As `commandOutput`, for callers that accept any output.
public func output(
    ofShellCommand command: String, withheld: [String], limit: Int, until deadline: Deadline?,
    hiding secrets: consuming SentSecrets = SentSecrets()
) throws(ChildError) -> SecretBytes {
    try commandOutput(ofShellCommand: command, withheld: withheld, limit: limit, until: deadline, hiding: secrets).text
        .copy()
}

/// Runs a command line in `/bin/sh` and returns its output and its messages.
///
/// The child's standard input is empty. Its messages go to the terminal if there is one, never to standard error, which
/// an SDK may read; without a terminal, the end of them goes into the error. The variables in `withheld` are removed
/// from its environment.
///
/// - Parameters:
///   - added: variables that it has beside this process's, or in place of them.
///   - limit: the most bytes that it may print.
///   - deadline: when to kill it; nil for no limit.
///   - secrets: what to hide in its messages, besides its own output and the environment's secrets.
public func commandOutput(
    ofShellCommand command: String, withheld: [String], adding added: [String: String] = [:], limit: Int,
    until deadline: Deadline?, hiding secrets: consuming SentSecrets = SentSecrets()
) throws(ChildError) -> CommandOutput {
    var listening = try Listening(
        to: command, "/bin/sh", ["sh", "-c", command], withheld: withheld, adding: added, limit: limit)
    return try listening.output(of: command, limit: limit, until: deadline, hiding: secrets)
}

/// Runs a program, without a shell, and returns its output, without trailing line ends.
///
/// If there is a terminal, it may ask there: it reads it as its standard input, and its messages go there. It ends with
/// this process.
///
/// - Parameters:
///   - program: its path.
///   - arguments: without its name.
///   - withheld: variables to remove from its environment.
///   - added: variables that it has beside this process's, or in place of them.
///   - limit: the most bytes that it may print.
///   - deadline: when to kill it; nil for no limit.
public func output(
    ofProgram program: String, _ arguments: [String], withheld: [String], adding added: [String: String] = [:],
    limit: Int, until deadline: Deadline?
) throws(ChildError) -> SecretBytes {
    let terminal = isInFrontOfTerminal() ? open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1
    defer { if terminal >= 0 { close(terminal) } }
    var listening = try Listening(
        to: program, program, [program] + arguments, reading: terminal >= 0 ? terminal : nil, withheld: withheld,
        adding: added, limit: limit, bound: true)
    return try listening.output(of: program, limit: limit, until: deadline, hiding: SentSecrets()).text.copy()
}

extension Listening {
    /// Its output, once it has ended.
    fileprivate mutating func output(
        of command: String, limit: Int, until deadline: Deadline?, hiding secrets: consuming SentSecrets
    ) throws(ChildError) -> CommandOutput {
        let outcome = listen(until: deadline)
        if case .ended(0) = outcome { return CommandOutput(printed(), messages, hiding: secrets) }
        secrets.add(text)
        let said = messages?.told(hiding: secrets) ?? ""
        switch outcome {
        case .timedOut: throw .timedOut(program: command, said: said)
        case .tooMuch: throw .tooMuchOutput(program: command, limit: limit)
        case .ended(let status) where status & 0x7f != 0:
            throw .killed(program: command, signal: status & 0x7f, said: said)
        case .ended(let status): throw .failed(program: command, code: status >> 8 & 0xff, said: said)
        }
    }
}

/// A command that is read until it has ended: its output may end earlier, and processes it leaves running may hold the
/// pipes open for longer.
private struct Listening: ~Copyable {
    enum Outcome {
        /// With the status of `waitpid`.
        case ended(Int32)
        case timedOut
        case tooMuch
    }

    private let process: pid_t
    private let output: Descriptor
    private let limit: Int
    /// Nil if the user sees them.
    let messages: ChildMessages?
    private var hasEnded = false
    private(set) var text: SecretBytes

    init(
        to command: String, _ program: String, _ arguments: [String], reading input: Int32? = nil, withheld: [String],
        adding added: [String: String], limit: Int, bound: Bool = false
    ) throws(ChildError) {
        var ends: [Int32] = [-1, -1]
        guard warder_pipe(&ends) == 0 else { throw .notStarted(program: command, code: errno) }
        let output = Descriptor(owning: ends[0], path: command)
        let standardOutput = ends[1]
        var (process, code): (pid_t, Int32) = (0, 0)
        func start(_ standardError: Int32?) {
            code = spawn(
                program, arguments, standardInput: input, standardOutput: standardOutput,
                standardError: standardError, withheld: withheld, adding: added, bound: bound, &process)
        }
        let messages = isInFrontOfTerminal() ? nil : ChildMessages(losing: false) { start($0) }
        if messages == nil { start(nil) }
        close(standardOutput)
        guard code == 0 else { throw .notStarted(program: command, code: code) }
        self.process = process
        self.output = output
        self.limit = limit
        self.messages = messages
        text = SecretBytes(capacity: limit + 1)
    }

    /// Reads until the command ends; kills it at the deadline.
    mutating func listen(until deadline: Deadline?) -> Outcome {
        var status: Int32?
        while true {
            if status == nil { status = ended() }
            if hear(for: status != nil ? 0 : hasEnded ? 5 : 50) {
                if text.count > limit {
                    if status == nil { end() }
                    return .tooMuch
                }
            } else if let status {
                return .ended(status)
            }
            if status == nil, deadline?.hasPassed == true {
                end()
                return .timedOut
            }
        }
    }

    /// Reads what arrives within so many milliseconds; whether there was output.
    private mutating func hear(for milliseconds: Int32) -> Bool {
        var waiting = [
            pollfd(fd: hasEnded ? -1 : output.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: messages?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, milliseconds) > 0 else { return false }
        if waiting[1].revents != 0 { messages?.take() }
        guard waiting[0].revents != 0 else { return false }
        let used = text.count
        text.extend(to: limit + 1)
        let count = text.withUnsafeMutableBytes {
            read(output.number, $0.baseAddress.map { $0 + used }, limit + 1 - used)
        }
        text.truncate(to: used + max(0, count))
        hasEnded = count == 0 || (count < 0 && errno != EINTR)
        return true
    }

    /// Its output, without trailing line ends.
    func printed() -> SecretBytes {
        var length = text.count
        while length > 0, text[length - 1] == UInt8(ascii: "\n") || text[length - 1] == UInt8(ascii: "\r") {
            length -= 1
        }
        return text.copy(0..<length)
    }

    /// How it ended; nil while it is running.
    private func ended() -> Int32? {
        var status: Int32 = 0
        return waitpid(process, &status, WNOHANG) == process ? status : nil
    }

    private func end() {
        // Without a terminal to share, the child leads a process group: kill what the shell has started as well.
        if getpgid(process) == process { kill(-process, SIGKILL) }
        kill(process, SIGKILL)
        while waitpid(process, nil, 0) == -1 && errno == EINTR {}
    }
}

/// The program of a `/bin/sh` command line, if it does not exist; nil if it does, or if only the shell could tell.
///
/// - Parameter variables: `PATH` and `HOME`.
public func missingProgram(ofShellCommand command: String, in variables: Environment) -> String? {
    for word in command.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
        if ["exec", "command", "env"].contains(word) || isAssignment(word) { continue }
        guard var program = literal(word) else { return nil }
        if program.hasPrefix("~/"), let home = variables.nonEmpty("HOME") { program = home + program.dropFirst() }
        if program.utf8.contains(UInt8(ascii: "/")) { return access(program, F_OK) == 0 ? nil : program }
        let folders = (variables.nonEmpty("PATH") ?? "/usr/bin:/bin").split(separator: ":")
        return folders.contains { access($0 + "/" + program, X_OK) == 0 } ? nil : program
    }
    return nil
}

private func isAssignment(_ word: Substring) -> Bool {
    guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
    let name = word.utf8[..<equals]
    return !name.isEmpty && name.allSatisfy { isNameByte($0) }
}

private func isNameByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
}

/// A word that the shell takes literally, without the quotes around it.
private func literal(_ word: Substring) -> String? {
    var bytes = Array(word.utf8)
    if let quote = bytes.first, bytes.count > 2, quote == bytes.last, "'\"".utf8.contains(quote) {
        bytes = Array(bytes.dropFirst().dropLast())
    }
    let isPlain = bytes.allSatisfy { isNameByte($0) || $0 >= 0x80 || "/.-+~@%:,".utf8.contains($0) }
    return isPlain && !bytes.isEmpty ? String(decoding: bytes, as: UTF8.self) : nil
}
