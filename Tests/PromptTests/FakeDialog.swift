import Foundation

/// A zenity or kdialog of the tests' own: a shell script in a folder of its own.
final class FakeDialog: Sendable {
    let folder: String

    /// One that does what `script` says. It keeps its process number in `pid`, and what it was given in `arguments`.
    init(as name: String = "zenity", _ script: String) throws {
        folder = FileManager.default.temporaryDirectory.path + "/warder-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let text = """
            #!/bin/bash
            cd \(folder)
            echo $$ >>pid
            printf '%s\\0' "$@" >arguments
            \(script)

            """
        try writeScript(text, to: folder + "/" + name)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// What it was given the last time.
    var arguments: [String] { content("arguments").split(separator: "\0").map(String.init) }

    /// How often it was started.
    var starts: Int { lines("pid").count }

    /// Every process that it was, or that is named in `file`, is gone and waited for.
    func isGone(_ file: String = "pid") -> Bool {
        let processes = lines(file).compactMap { pid_t($0) }
        return !processes.isEmpty && processes.allSatisfy { kill($0, 0) == -1 && errno == ESRCH }
    }

    func lines(_ file: String) -> [String] { content(file).split(separator: "\n").map(String.init) }

    private func content(_ file: String) -> String {
        (try? String(contentsOfFile: folder + "/" + file, encoding: .utf8)) ?? ""
    }
}
