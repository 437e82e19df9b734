import Foundation
import Linux
import Secrets
import Testing
import Threads

/// Tests that change this process's environment or signal actions, or that depend on them: one at a time.
@Suite(.serialized, .waits) enum SharedProcess {}

/// Tests that talk to other programs, or that prompt in a process of their own: in parallel.
@Suite(.waits) enum OtherPrograms {}

/// A pinentry of the tests' own: a shell script in a folder of its own.
final class FakePinentry: Sendable {
    /// Its path; its name is `pinentry`, so that it can be found.
    let path: String
    let folder: String

    /// warder ignores it from its start.
    private static let pipeSignal = IgnoredSignal(SIGPIPE)

    /// One that does what `script` says.
    init(script: String) throws {
        _ = Self.pipeSignal
        folder = FileManager.default.temporaryDirectory.path + "/warder-\(UUID().uuidString)"
        path = folder + "/pinentry"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try writeScript("#!/bin/sh\ncd \(folder)\necho $$ >pid\n\(script)\n", to: path)
    }

    /// One that speaks the protocol: `cases` are cases of a shell's `case` before its own, which are a good answer to
    /// `BYE`, and `OK` to all else. `count` is how often it was asked.
    convenience init(cases: String) throws {
        try self.init(
            script: """
                echo 'OK at your service'
                count=0
                while IFS= read -r line; do
                    echo "$line" >>heard
                    case $line in GETPIN) count=$((count + 1)) ;; esac
                    case $line in
                    \(cases)
                    BYE) echo OK; exit 0 ;;
                    *) echo OK ;;
                    esac
                done
                """)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Lets `ask` end at a deadline, which it is given in milliseconds: a longer one where the machine was too busy to
    /// start the script before it.
    func untilStarted(from milliseconds: Int64, _ ask: (Int64) throws -> Void) rethrows {
        var limit = milliseconds
        repeat {
            try ask(limit)
            limit *= 2
        } while lines(of: "pid").isEmpty && limit < 60_000
    }

    /// The lines that it was told.
    var heard: [String] { lines(of: "heard") }

    /// Its process is gone, and has been waited for.
    var isGone: Bool {
        guard let pid = lines(of: "pid").first.flatMap({ pid_t($0) }) else { return false }
        return kill(pid, 0) == -1 && errno == ESRCH
    }

    func lines(of file: String) -> [String] {
        let text = (try? String(contentsOfFile: folder + "/" + file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }
}

/// The variables of one test.
func environment(_ variables: [String: String]) -> Environment { Environment { variables[$0] } }

func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}
