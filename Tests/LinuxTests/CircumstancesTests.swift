import Foundation
import Linux
import Secrets
import Testing

@Suite("What a failure hangs on", .serialized)
struct CircumstancesTests {
    @Test("a file that is changed, replaced or gone has another mark")
    func marks() throws {
        let path = NSTemporaryDirectory() + "warder-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(fileFingerprint(path) == "")
        try Data("a".utf8).write(to: URL(fileURLWithPath: path))
        let first = fileFingerprint(path)
        #expect(first != "" && first == fileFingerprint(path))
        usleep(20_000)
        try Data("b".utf8).write(to: URL(fileURLWithPath: path))
        #expect(fileFingerprint(path) != first)
    }

    @Test("variables are those that are wanted, in the order of their bytes")
    func chosen() {
        for (name, value) in [("WARDER_CHOSEN_B", "2"), ("WARDER_CHOSEN_A", "1=1"), ("WARDER_CHOSE", "3")] {
            setenv(name, value, 1)
        }
        let found = variables { $0.starts(with: "WARDER_CHOSEN_".utf8) }
        #expect(text(found) == "WARDER_CHOSEN_A=1=1\0WARDER_CHOSEN_B=2\0")
        for name in ["WARDER_CHOSEN_A", "WARDER_CHOSEN_B", "WARDER_CHOSE"] { unsetenv(name) }
        let none = variables { $0.starts(with: "WARDER_CHOSEN_".utf8) }
        let count = none.count
        #expect(count == 0)
    }

    @Test("that this process was stopped and went on is seen once it has")
    func stops() {
        do {
            let watch = StopDetector()
            let before = watch.hasDetectedStop
            // To go on without having been stopped looks the same.
            pthread_kill(pthread_self(), SIGCONT)
            let after = watch.hasDetectedStop
            #expect(!before && after)
        }
        let next = StopDetector()
        let nothing = next.hasDetectedStop
        #expect(!nothing)
    }

    @Test("a process with all that it needs has no shortage")
    func plenty() { #expect(exhaustedResource() == nil) }
}
