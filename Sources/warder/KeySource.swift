import Glibc
import Linux
import Prompt
import Secrets

/// Where a key to be stored comes from.
enum KeySource {
    case terminal
    case standardInput
    case csv(path: String)
    case environment

    /// Reads the key id and the secret, and checks their shape.
    func read(_ context: Context) throws(Failure) -> Credentials {
        switch self {
        case .terminal: try Self.ask(context)
        case .standardInput: try Self.standardInput()
        case .csv(let path): try Self.csv(path)
        case .environment: try Self.environment()
        }
    }

    private static func ask(_ context: Context) throws(Failure) -> Credentials {
        guard context.mayPrompt else { throw Failure.notAllowed(wanting: "the key") }
        let id = try typed("access key id: ", hidden: false)
        let secret = try typed("secret access key: ", hidden: true)
        return try key(id: id, secret: secret, from: "what was typed")
    }

    private static func typed(_ question: String, hidden: Bool) throws(Failure) -> SecretBytes {
        do throws(TerminalError) {
            return try Terminal.open().ask(question, hidden: hidden, limit: 128, until: Patience.deadline)
        } catch { throw Failure(error, askingFor: "the key") }
    }

    private static func standardInput() throws(Failure) -> Credentials {
        let lines = try readLines(2, of: "the key")
        let end = (0..<lines.count).first { lines[$0] == UInt8(ascii: "\n") } ?? lines.count
        let secret = end < lines.count ? lines.copy(end + 1..<lines.count) : SecretBytes(capacity: 0)
        return try key(id: lines.copy(0..<end), secret: secret, from: "standard input")
    }

    /// The console's download: a head line and one line, two columns, with a byte-order mark and CRLF or without.
    private static func csv(_ path: String) throws(Failure) -> Credentials {
        let text: SecretBytes
        do throws(FileError) { text = try readFile(path, limit: 64 * 1024, patience: 120_000) } catch {
            throw Failure(error, "the file of the key")
        }
        let rows = CSV.rows(text)
        let wrong = Failure(
            .badConfig, "\(path) is not a key as the AWS console gives it for download",
            hint: "it has two lines: Access key ID,Secret access key, then the key")
        guard rows.count == 2, rows[0].count == 2, rows[1].count == 2,
            text.text(rows[0][0]).lowercased() == "access key id",
            text.text(rows[0][1]).lowercased() == "secret access key"
        else { throw wrong }
        return try key(id: text.copy(rows[1][0]), secret: text.copy(rows[1][1]), from: path)
    }

    private static func environment() throws(Failure) -> Credentials {
        guard let id = secretFromEnvironment("AWS_ACCESS_KEY_ID"),
            let secret = secretFromEnvironment("AWS_SECRET_ACCESS_KEY")
        else {
            throw Failure(
                .notFound, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set", hint: "export both of them")
        }
        if Environment.process.nonEmpty("AWS_SESSION_TOKEN") != nil {
            throw Failure(
                .usage, "the environment holds a session, not a long-term key",
                hint: "warder stores long-term keys, AKIA…: create one in the console")
        }
        return try key(id: id, secret: secret, from: "the environment")
    }

    /// Checks the shape of both parts. Neither is shown: people paste them the wrong way round.
    private static func key(
        id: consuming SecretBytes, secret: consuming SecretBytes, from origin: String
    ) throws(Failure) -> Credentials {
        let identifier = trimmed(id)
        let key = trimmed(secret)
        guard (16...128).contains(identifier.count), isIdentifier(identifier) else {
            throw Failure(
                .badConfig, "the access key id from \(origin) is not one",
                hint: "it has 16 or more capital letters and digits, and begins with AKIA")
        }
        guard !(identifier[0] == UInt8(ascii: "A") && identifier[1] == UInt8(ascii: "S")) else {
            throw Failure(
                .usage, "the key from \(origin) is a session's, not a long-term one",
                hint: "warder stores long-term keys, AKIA…: create one in the console")
        }
        guard (16...256).contains(key.count), isSecret(key) else {
            throw Failure(
                .badConfig, "the secret access key from \(origin) is not one",
                hint: "it has 40 letters, digits, slashes and pluses")
        }
        return Credentials(
            accessKeyID: identifier.text(0..<identifier.count), secret: key, sessionToken: nil, expiration: nil,
            accountID: nil)
    }

    private static func isIdentifier(_ bytes: borrowing SecretBytes) -> Bool {
        for index in 0..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): continue
            default: return false
            }
        }
        return true
    }

    private static func isSecret(_ bytes: borrowing SecretBytes) -> Bool {
        for index in 0..<bytes.count where bytes[index] <= 0x20 || bytes[index] >= 0x7f { return false }
        return true
    }

    private static func trimmed(_ bytes: borrowing SecretBytes) -> SecretBytes {
        var start = 0
        var end = bytes.count
        while start < end, bytes[start] <= 0x20 { start += 1 }
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        return bytes.copy(start..<end)
    }
}

/// Reads up to `count` lines from standard input, without the end of the last.
func readLines(_ count: Int, of what: String) throws(Failure) -> SecretBytes {
    var text = SecretBytes(capacity: 1024)
    var lines = 0
    while true {
        var byte: UInt8 = 0
        let got = read(STDIN_FILENO, &byte, 1)
        if got < 0 && errno == EINTR { continue }
        guard got >= 0, text.count < 4096 else {
            throw Failure(
                .usage, "standard input does not hold \(what)",
                hint: "give \(count == 1 ? "one line" : "\(count) lines")")
        }
        if got == 0 { return text }
        if byte == UInt8(ascii: "\n") {
            lines += 1
            if lines == count { return text }
        }
        text.append(byte)
    }
}

extension SecretBytes {
    /// A part of the bytes that is known to be no secret, as text.
    borrowing func text(_ range: Range<Int>) -> String {
        withUnsafeBytes { String(decoding: UnsafeRawBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }
}
