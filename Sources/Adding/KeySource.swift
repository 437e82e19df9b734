import Failures
import Glibc
import KeyInput
import Linux
import Prompt
import Secrets
import Setup
import Text

/// The source of a key to be stored.
package enum KeySource {
    case terminal
    case standardInput
    case csv(path: String)
    case environment

    /// Reads the key id and the secret, and checks their shape.
    ///
    /// - Parameters:
    ///   - name: the key's name in warder; of a file with several users, the key of that user is read.
    ///   - refusing: rejects a key by its id; at a terminal, before the prompt for the secret.
    func read(
        _ context: Context, name: String, refusing: (String) throws(Failure) -> Void
    ) throws(Failure) -> Credentials {
        let key: Credentials
        switch self {
        case .terminal: return try Self.ask(context, refusing)
        case .standardInput: key = try Self.standardInput(context)
        case .csv(let path): key = try Self.csv(path, user: name)
        case .environment: key = try Self.environment(context.environment)
        }
        try refusing(key.accessKeyID)
        return key
    }

    /// No input is echoed, because people paste the secret in place of the id. The id is shown once it is valid.
    private static func ask(
        _ context: Context, _ refusing: (String) throws(Failure) -> Void
    ) throws(Failure) -> Credentials {
        guard context.mayPrompt else { throw Failure.notAllowed(wanting: "the key") }
        var key = PartialKey()
        var failure: Failure?
        do throws(TerminalError) {
            try context.terminal().askLines(prompt(key.missing) ?? "", limit: 4096, until: PromptTimeout.deadline) {
                line in
                let known = key.identifier
                do throws(Failure) {
                    do throws(KeyInputError) { try key.take(line) } catch { throw Failure(error, from: Failure.typed) }
                    if known == nil, let identifier = key.identifier { try refusing(identifier) }
                } catch { failure = error }
                let shown = known == nil ? key.identifier ?? "" : ""
                return (shown, failure == nil ? prompt(key.missing) : nil)
            }
        } catch { throw Failure(error, askingFor: "the key") }
        if let failure { throw failure }
        do throws(KeyInputError) { return try key.whole() } catch { throw Failure(error, from: Failure.typed) }
    }

    private static func prompt(_ part: PartialKey.Part?) -> String? {
        switch part {
        case .identifier: "access key id: "
        case .secret: "secret access key: "
        case nil: nil
        }
    }

    /// - Parameter key: the part that was read already.
    static func standardInput(
        _ context: Context, completing key: consuming PartialKey = PartialKey()
    ) throws(Failure) -> Credentials {
        let origin = "standard input"
        var key = key
        var rest = 16 * 1024
        while key.missing != nil, rest > 0 {
            guard let line = try readLine(of: "the key", limit: 4096, from: context.world.standardInput) else { break }
            rest -= line.count + 1
            do throws(KeyInputError) { try key.take(line) } catch { throw Failure(error, from: origin) }
        }
        do throws(KeyInputError) { return try key.whole() } catch { throw Failure(error, from: origin) }
    }

    private static func csv(_ path: String, user: String) throws(Failure) -> Credentials {
        let text: SecretBytes
        do throws(FileError) { text = try readFile(path, limit: 64 * 1024, timeout: 120_000) } catch {
            throw Failure(error, "the file of the key")
        }
        do throws(KeyInputError) { return try KeyCSV(text).key(of: user) } catch { throw Failure(error, from: path) }
    }

    /// Warns that the file the key came from still contains it.
    func warn(_ context: Context) {
        guard case .csv(let path) = self, isPlainFile(path) else { return }
        context.console.note("\(path) still holds the secret in plain text")
        context.console.say("hint: once the key works: shred -u \(printable(shellWord(path)))")
    }

    private static func environment(_ environment: Environment) throws(Failure) -> Credentials {
        guard let id = environment.secret("AWS_ACCESS_KEY_ID"),
            let secret = environment.secret("AWS_SECRET_ACCESS_KEY")
        else {
            throw Failure(
                .notFound, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set", hint: "export both of them")
        }
        if environment.nonEmpty("AWS_SESSION_TOKEN") != nil {
            throw Failure(
                .usage, "the environment holds a session, not a long-term key",
                hint: "warder stores long-term keys, AKIA…: create one in the console")
        }
        var key = PartialKey()
        do throws(KeyInputError) {
            try key.take(id)
            try key.take(secret)
            return try key.whole()
        } catch { throw Failure(error, from: "the environment") }
    }
}

/// Reads up to `count` lines from standard input, without the last line end.
package func readLines(
    _ count: Int, of what: String, from descriptor: Int32 = STDIN_FILENO
) throws(Failure) -> SecretBytes {
    var text = SecretBytes(capacity: 1024)
    for number in 0..<count {
        if number > 0 { text.append(UInt8(ascii: "\n")) }
        guard let line = try readLine(of: what, limit: 4096, from: descriptor) else { return text }
        text.append(line)
    }
    return text
}

/// Reads a line from standard input, without its line end and not a byte beyond it; nil at the end of input.
private func readLine(of what: String, limit: Int, from descriptor: Int32) throws(Failure) -> SecretBytes? {
    var line = SecretBytes(capacity: limit)
    while true {
        var byte: UInt8 = 0
        let got = read(descriptor, &byte, 1)
        if got < 0 && errno == EINTR { continue }
        guard got >= 0, line.count < limit else {
            throw Failure(.usage, "standard input does not hold \(what)", hint: "give it in lines of its own")
        }
        if got == 0 && line.isEmpty { return nil }
        if got == 0 { return line }
        if byte == UInt8(ascii: "\n") { return line }
        line.append(byte)
    }
}
