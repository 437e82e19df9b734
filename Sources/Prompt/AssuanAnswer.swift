import Secrets

/// The answer to one command, while it arrives.
struct AssuanAnswer: ~Copyable {
    /// More lines than any answer has: a child that never stops sending must not hold this process up.
    private static let lineLimit = 1000

    /// The line that is arriving.
    var line = SecretBytes(capacity: 1000)
    /// The answer's data.
    private(set) var data: SecretBytes
    /// The keywords of its status lines.
    private(set) var statuses: [String] = []
    /// The last line was an inquiry.
    private(set) var wasInquiry = false
    private let limit: Int
    private var lines = 0

    /// - Parameter limit: the most bytes of data; 0 if the answer must have none.
    init(limit: Int) {
        data = SecretBytes(capacity: limit + 1)
        self.limit = limit
    }

    /// Adds the line that has arrived; returns whether that completes the answer.
    mutating func takeLine() throws(AssuanError) -> Bool {
        lines += 1
        guard lines <= Self.lineLimit else { throw .garbled }
        wasInquiry = false
        if line.isWord("OK") { return true }
        if line.isWord("ERR") { throw .refused(code: line.errorCode) }
        if line.isWord("D") {
            guard line.appendUnescaped(to: &data) else { throw .garbled }
            // Data that was not asked for violates the protocol.
            if data.count > limit { throw limit == 0 ? .garbled : .tooLong }
        } else if line.isWord("S") {
            statuses.append(line.word(from: 2))
        } else if line.isWord("INQUIRE") {
            wasInquiry = true
        } else if !line.isComment {
            throw .garbled
        }
        line.truncate(to: 0)
        return false
    }
}
