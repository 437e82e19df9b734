import Secrets

/// The answer to one command, while it comes.
struct AssuanAnswer: ~Copyable {
    /// More lines than any answer has: a child that does not stop must not be listened to for ever.
    private static let lineLimit = 1000

    /// The line that is being heard.
    var line = SecretBytes(capacity: 1000)
    /// The data of the answer.
    private(set) var data: SecretBytes
    /// The keywords of the status lines in it.
    private(set) var statuses: [String] = []
    /// The last line was a question back.
    private(set) var wasInquiry = false
    private let limit: Int
    private var lines = 0

    /// - Parameter limit: the most bytes of data; 0 for an answer without.
    init(limit: Int) {
        data = SecretBytes(capacity: limit + 1)
        self.limit = limit
    }

    /// Takes the line that was heard; whether the answer is whole with it.
    mutating func takeLine() throws(AssuanError) -> Bool {
        lines += 1
        guard lines <= Self.lineLimit else { throw .garbled }
        wasInquiry = false
        if line.isWord("OK") { return true }
        if line.isWord("ERR") { throw .refused(code: line.errorCode) }
        if line.isWord("D") {
            guard line.appendUnescaped(to: &data) else { throw .garbled }
            // Data without a question is out of order.
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
