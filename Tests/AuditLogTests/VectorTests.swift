import AuditLog
import Foundation
import Secrets
import Testing

/// The logs of Tests/Vectors/log, each with the verdict that any reader must reach.
@Suite struct VectorTests {
    struct Vector: Decodable, CustomStringConvertible {
        struct File: Decodable {
            let name: String
            let text: String
        }
        struct Verdict: Decodable {
            let kind: String
            let file: String
            let line: Int
            let lines: Int
            let since: String
        }
        let start: String
        let seal: String?
        let files: [File]
        let verdict: Verdict
        var name: String?
        var description: String { name ?? "" }
    }

    static let vectors: [Vector] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/log")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path < $1.path }.compactMap { file in
            var vector = try? JSONDecoder().decode(Vector.self, from: Data(contentsOf: file))
            vector?.name = file.deletingPathExtension().lastPathComponent
            return vector
        }
    }()

    @Test func areAllRead() { #expect(Self.vectors.count == 49) }

    @Test(arguments: vectors) func isJudged(_ vector: Vector) throws {
        let files = vector.files.map { file in
            LogText(name: file.name, bytes: file.text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        }
        let value = try #require(SharedStart(vector.start))
        let verdict = try LogVerdict(
            files, seal: secret(vector.seal ?? ""), named: "log.seal", startedBy: value.start)
        switch verdict {
        case .good(let lines, let since, _):
            #expect(vector.verdict.kind == "good")
            #expect(lines == vector.verdict.lines)
            #expect(since == vector.verdict.since)
        case .bad(let damage, let file, let line):
            #expect(damage.rawValue == vector.verdict.kind)
            #expect(file == vector.verdict.file)
            #expect(line == vector.verdict.line)
        }
    }
}

/// A start, for tests that pass it around.
private final class SharedStart {
    let start: LogStart

    init?(_ hexadecimal: String) {
        guard let start = LogStart(decoding: secret(hexadecimal)) else { return nil }
        self.start = start
    }
}

/// The bytes that hexadecimal digits stand for.
private func secret(_ hexadecimal: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: hexadecimal.utf8.count / 2)
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    for index in stride(from: 0, to: digits.count - 1, by: 2) {
        bytes.append(UInt8(digits[index] << 4 | digits[index + 1]))
    }
    return bytes
}
