import Secrets

@testable import RemotePrompts

/// Both sides of the hand-off, a line each: what is understood can be said, and is understood as the same.
@Sendable func fuzzRemotePrompts(_ bytes: UnsafeRawBufferPointer) {
    for line in bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 20, omittingEmptySubsequences: false) {
        let line = UnsafeRawBufferPointer(rebasing: line)
        checkMessage(String(decoding: line, as: UTF8.self))
        checkAnswer(SecretBytes(input: line))
    }
}

private func checkMessage(_ text: String) {
    guard let message = Message(text[...]) else { return }
    let said = message.text
    require(said.utf8.count < LineBuilder.limit, "a message fits in a line")
    require(said.utf8.allSatisfy { (0x20...0x7e).contains($0) }, "a message is printable ASCII")
    guard let again = Message(said[...]) else { return require(false, "a message that was said is understood") }
    // A value that is too long is cut, and then says something else.
    let isShort = text.utf8.count <= LineBuilder.valueLimit / 9
    require(!isShort || again == message, "a message is understood as it was said")
}

private func checkAnswer(_ line: borrowing SecretBytes) {
    guard let given = NumberedAnswer(line) else { return }
    let number = given.number
    require(number > 0, "an answer is to an enquiry")
    guard let said = given.take().line(for: number) else { return require(false, "an answer can be said") }
    guard let again = NumberedAnswer(said.copy(0..<said.count - 1)) else {
        return require(false, "an answer that was said is understood")
    }
    require(again.number == number, "an answer keeps its number")
    require(array(again.take().line(for: number)) == said.array(), "an answer is understood as it was said")
}
