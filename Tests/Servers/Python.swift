import Foundation

/// The path of the interpreter that `python3` runs, resolved once.
///
/// The `python3` in PATH may be a script that resolves it at each start, as pyenv's does: that takes ten times as long
/// as the interpreter itself.
public let python: String = {
    let search = Process()
    search.executableURL = URL(filePath: "/usr/bin/env")
    search.arguments = ["python3", "-c", "import sys; print(sys.executable)"]
    let output = Pipe()
    (search.standardOutput, search.standardError) = (output, FileHandle.nullDevice)
    guard (try? search.run()) != nil else { return "python3" }
    let line = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let path = line.trimmingCharacters(in: .newlines)
    return path.hasPrefix("/") ? path : "python3"
}()
