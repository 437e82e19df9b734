import Profiles
import RoomSupport
import Testing

@testable import Diagnosing

@Suite("Lines that break the grammar")
struct BrokenLineTests {
    /// The text after repairs, until it has none to make.
    private func repaired(_ text: String) -> (text: String, repairs: [BrokenLine.Repair?]) {
        var bytes = secret(text)
        var repairs: [BrokenLine.Repair?] = []
        for _ in 0..<9 {
            do throws(ProfileError) {
                _ = try ProfileFile(text: bytes.copy(), path: "config", kind: .config)
                break
            } catch {
                let repair = BrokenLine.Repair(error, in: bytes)
                repairs.append(repair)
                guard let repair, let line = error.origin?.line else { break }
                bytes = BrokenLine.mended(bytes, line, repair)
            }
        }
        return (RoomSupport.text(bytes), repairs)
    }

    private struct Case: Sendable {
        let text: String
        let mended: String
        let repairs: [BrokenLine.Repair]
    }

    private static let cases = [
        Case(text: "[profile p]\nwhat\n", mended: "[profile p]\n# what\n", repairs: [.comment]),
        Case(text: "[profile p]\nwhat", mended: "[profile p]\n# what", repairs: [.comment]),
        Case(text: "[profile p]\n= x\ny\n", mended: "[profile p]\n# = x\n# y\n", repairs: [.comment, .comment]),
        Case(text: "[profile p]\n  region: x\n", mended: "[profile p]\n  region = x\n", repairs: [.equals]),
        Case(
            text: "[profile p]\nhttps://x.example\n", mended: "[profile p]\n# https://x.example\n", repairs: [.comment]),
        Case(
            text: "[profile p # mine]\r\na = b\n", mended: "[profile p]\na = b\n", repairs: [.header("[profile p]")]),
        Case(text: "a = b\n[p]\n", mended: "# a = b\n[p]\n", repairs: [.comment]),
        Case(text: "\u{FEFF}a = b\n[p]\n", mended: "\u{FEFF}# a = b\n[p]\n", repairs: [.comment]),
        Case(text: "[", mended: "[]", repairs: [.header("[]")]),
        Case(
            text: "[profile a:b # mine: yes\na = b\n", mended: "# [profile a:b # mine: yes\n# a = b\n",
            repairs: [.edit, .comment]),
        Case(text: "[team:a # x\n", mended: "[team:a]\n", repairs: [.header("[team:a]")]),
        Case(
            text: "[default] password: hunter2\n", mended: "# [default] password: hunter2\n", repairs: [.edit]),
        Case(text: "[default] hunter2\n", mended: "# [default] hunter2\n", repairs: [.edit]),
        Case(text: "[default password: hunter2\n", mended: "# [default password: hunter2\n", repairs: [.edit]),
        Case(text: "[default\tpassword :hunter2\n", mended: "# [default\tpassword :hunter2\n", repairs: [.edit]),
        Case(text: "[p]\n[q secret = x\na = b\n", mended: "[p]\n# [q secret = x\na = b\n", repairs: [.edit]),
    ]

    @Test(arguments: cases)
    private func areMended(_ test: Case) {
        let (text, repairs) = repaired(test.text)
        #expect(text == test.mended)
        #expect(repairs == test.repairs)
    }

    @Test func noLineMendsAnotherEncoding() {
        let (text, repairs) = repaired("[\0p\0]\0\n\0a\0")
        #expect(text == "[\0p\0]\0\n\0a\0" && repairs == [nil])
    }
}
