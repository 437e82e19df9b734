import Secrets
import Testing

@testable import Sessions

@Suite("The mark of a lock")
struct LockMarkTests {
    private func mark(_ text: String) -> LockMark? {
        var payload = SecretBytes(capacity: 64)
        payload.append(text)
        return LockMark(decoding: payload)
    }

    @Test("what is written is read", arguments: [true, false])
    func written(isHeld: Bool) {
        let mark = LockMark.now(isHeld: isHeld)
        let read = LockMark(decoding: mark.encoded())
        #expect(read == mark)
    }

    @Test("one of a newer version holds, and differs from the next one")
    func newer() throws {
        let mark = try #require(self.mark("warder-mark2 0123456789ab"))
        #expect(mark.isHeld && mark.stamp.count == LockMark.stampSize)
        #expect(self.mark("warder-mark2 0123456789ab") == mark)
        #expect(self.mark("warder-mark2 0123456789ac") != mark)
        #expect(self.mark("warder-mark20123456789ab")?.isHeld == true, "the shortest")
    }

    @Test(
        "what is no mark is none",
        arguments: [
            "", "warder-mark1", "warder-mark0 0123456789ab", "warder-mark2 0123", "warder-key2\n 0123456789abc",
        ])
    func none(_ text: String) { #expect(mark(text) == nil) }
}
