import Linux
import Secrets

/// Why a conversation with a pinentry failed.
enum AssuanError: Error {
    /// A signal for this process waits until the conversation is gone.
    case interrupted
    /// Nobody answered by the deadline.
    case timedOut
    /// It could not be started, or ended in the middle of an answer.
    case ended(ChildError?)
    /// It said what the protocol does not know.
    case garbled
    /// It answered with more data than is taken.
    case tooLong
    /// It refused a command, with the code of gpg-error.h.
    case refused(code: Int)
    /// What the user gave twice is not the same.
    case different
}

/// The asking side of the Assuan protocol, spoken with a child over pipes.
///
/// The protocol is that of the manual of libassuan, "Client responses" and "Server responses". An error leaves the
/// conversation in order only where it is `.refused`.
struct Assuan: ~Copyable {
    /// The longest line that the protocol allows, in bytes, without its end.
    private static let lineLimit = 1000
    /// More lines than any answer has: a child that does not stop must not be listened to for ever.
    private static let answerLimit = 1000

    private var child: Conversation
    private let deadline: Deadline

    /// Starts `program`; its greeting is still to be heard.
    init(with program: String, withheld: [String], until deadline: Deadline) throws(AssuanError) {
        child = try Self.start(program, withheld: withheld)
        self.deadline = deadline
    }

    /// Hears the greeting.
    mutating func greet() throws(AssuanError) { try listen() }

    private static func start(_ program: String, withheld: [String]) throws(AssuanError) -> Conversation {
        do throws(ChildError) { return try Conversation(with: program, withheld: withheld) } catch {
            throw .ended(error)
        }
    }

    /// Sends a command, and hears that it was done.
    ///
    /// - Parameter argument: text for the command; escaped, and cut where the line would be too long.
    mutating func tell(_ command: String, _ argument: String = "") throws(AssuanError) {
        say(command, argument)
        try listen()
    }

    /// Sends a command that need not be known to the child; whether it is.
    mutating func offer(_ command: String, _ argument: String) throws(AssuanError) -> Bool {
        do throws(AssuanError) { try tell(command, argument) } catch {
            guard case .refused = error else { throw error }
            return false
        }
        return true
    }

    /// Sends a command that is answered with data.
    ///
    /// - Parameters:
    ///   - limit: the most bytes of it.
    ///   - statuses: the keywords of the status lines before it.
    mutating func ask(
        _ command: String, limit: Int, statuses: inout [String]
    ) throws(AssuanError) -> SecretBytes {
        say(command, "")
        var data = SecretBytes(capacity: limit + 1)
        try listen(into: &data, limit: limit, statuses: &statuses)
        return data
    }

    /// Says good-bye, so that the child ends by itself.
    mutating func leave() {
        say("BYE", "")
        _ = child.end()
    }

    /// A child that does not read has ended, which shows when it is listened to.
    private func say(_ command: String, _ argument: String) {
        _ = child.say(argument.isEmpty ? command : command + " " + escaped(argument, limit: 900))
    }

    private mutating func listen() throws(AssuanError) {
        var nothing = SecretBytes(capacity: 0)
        var statuses: [String] = []
        try listen(into: &nothing, limit: 0, statuses: &statuses)
    }

    private mutating func listen(
        into data: inout SecretBytes, limit: Int, statuses: inout [String]
    ) throws(AssuanError) {
        var line = SecretBytes(capacity: Self.lineLimit)
        for _ in 0..<Self.answerLimit {
            try hear(&line)
            if line.isWord("OK") { return }
            if line.isWord("ERR") { throw .refused(code: line.errorCode) }
            if line.isWord("D") {
                guard line.appendUnescaped(to: &data) else { throw .garbled }
                // Data without a question is out of order.
                if data.count > limit { throw limit == 0 ? .garbled : .tooLong }
            } else if line.isWord("S") {
                statuses.append(line.word(from: 2))
            } else if line.isWord("INQUIRE") {
                // The protocol's way not to answer.
                _ = child.say("CAN")
            } else if !line.isComment {
                throw .garbled
            }
        }
        throw .garbled
    }

    private mutating func hear(_ line: inout SecretBytes) throws(AssuanError) {
        switch child.hear(&line, limit: Self.lineLimit, until: deadline) {
        case .line: return
        case .interrupted: throw .interrupted
        case .timedOut: throw .timedOut
        case .tooLong: throw .garbled
        case .end: throw .ended(child.end())
        }
    }
}

/// Text as an argument in a line of at most `limit` bytes: percent-escaped, and without characters that would steer a
/// terminal. Cut between two characters where it is too long.
func escaped(_ text: String, limit: Int) -> String {
    var line = ""
    var room = limit
    for character in text.unicodeScalars {
        let written: String
        switch character {
        case "%": written = "%25"
        case "\n": written = "%0A"
        case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}": written = "?"
        default: written = String(character)
        }
        room -= written.utf8.count
        if room < 0 { return line + "…" }
        line += written
    }
    return line
}

/// What a line of an answer says.
extension SecretBytes {
    /// Whether the line is `word`, alone or before a space.
    fileprivate func isWord(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard count >= length, count == length || self[length] == UInt8(ascii: " ") else { return false }
        return (0..<length).allSatisfy { self[$0] == word.utf8Start[$0] }
    }

    fileprivate var isComment: Bool { count > 0 && self[0] == UInt8(ascii: "#") }

    /// The letters from `start` to the next space: a keyword, at most 32 of them.
    fileprivate func word(from start: Int) -> String {
        var word = ""
        var index = start
        while index < count, index < start + 32, self[index] > UInt8(ascii: " ") {
            word.unicodeScalars.append(Unicode.Scalar(self[index]))
            index += 1
        }
        return word
    }

    /// The number behind `ERR`, without the bits that name the part of GnuPG that reports it (gpg-error.h).
    fileprivate var errorCode: Int { (Int(word(from: 4)) ?? 1) & 0xffff }

    /// Appends what stands behind `D `, unescaped; false where an escape is none.
    fileprivate func appendUnescaped(to data: inout SecretBytes) -> Bool {
        var index = 2
        while index < count {
            var byte = self[index]
            index += 1
            if byte == UInt8(ascii: "%") {
                guard index + 1 < count, let high = hexDigit(self[index]), let low = hexDigit(self[index + 1]) else {
                    return false
                }
                byte = high << 4 | low
                index += 2
            }
            data.append(byte)
        }
        return true
    }
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}
