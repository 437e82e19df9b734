import Secrets

@testable import Prompt

/// An answer keeps to its limits whatever a pinentry says, and what is said to one cannot be more than a line.
@Sendable func fuzzAssuan(_ bytes: UnsafeRawBufferPointer) {
    answer(bytes, limit: 0)
    answer(bytes, limit: 64)
    argument(String(decoding: bytes, as: UTF8.self))
}

private func answer(_ bytes: UnsafeRawBufferPointer, limit: Int) {
    var answer = AssuanAnswer(limit: limit)
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        answer.line.truncate(to: 0)
        // What `Conversation` lets through.
        answer.line.append(UnsafeRawBufferPointer(rebasing: line.prefix(1000)))
        do throws(AssuanError) {
            let isWhole = try answer.takeLine()
            require(answer.data.count <= limit, "\(answer.data.count) bytes of data")
            require(answer.statuses.allSatisfy { $0.unicodeScalars.count <= 32 }, "a long keyword")
            if isWhole { return }
        } catch {
            if case .refused(let code) = error { require((0...0xffff).contains(code), "error \(code)") }
            return
        }
    }
}

private func argument(_ text: String) {
    let written = escaped(text, limit: 900)
    require(written.utf8.count <= 900 + "…".utf8.count, "an argument of \(written.utf8.count) bytes")
    require(!written.utf8.contains { $0 < 0x20 || $0 == 0x7f }, "a control character")
    var data = SecretBytes(capacity: 1000)
    require(SecretBytes(text: "D " + written).appendUnescaped(to: &data), "an argument is escaped well")
    require(data.count <= text.utf8.count + "…".utf8.count, "an argument grows")
}
