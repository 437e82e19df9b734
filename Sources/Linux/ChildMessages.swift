import CLinux
import Glibc
import Secrets
import Text

/// The end of a child's standard error, for a child whose messages the user does not see as they come.
///
final class ChildMessages {
    /// How much to keep, and how much to read at once, in bytes.
    private static let limit = 4096
    private static let handful = 65_536
    /// How many lines, and characters a line, to report.
    private static let lines = 3
    private static let characters = 300

    private let source: Descriptor
    private var tail = SecretBytes(capacity: limit)
    private var hasEnded = false

    /// Makes a pipe for a child that is about to start.
    ///
    /// - Parameters:
    ///   - losing: output that comes faster than `take` reads it is lost. Otherwise the child blocks until it is read.
    ///   - start: receives the child's end of the pipe, which is closed afterwards.
    /// - Returns: nil if no pipe can be made: the child can do without.
    init?(losing: Bool, _ start: (_ standardError: Int32) -> Void) {
        var ends: [Int32] = [-1, -1]
        guard warder_pipe(&ends) == 0 else { return nil }
        source = Descriptor(owning: ends[0], path: "standard error")
        for end in losing ? ends : [ends[0]] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        start(ends[1])
        close(ends[1])
    }

    /// Readable when there is something to `take`; -1 once the output has ended.
    var descriptor: Int32 { hasEnded ? -1 : source.number }

    /// Reads what the child has written so far. Never blocks.
    func take() {
        var taken = 0
        while !hasEnded, taken < Self.handful {
            var piece = SecretBytes(zeros: Self.limit)
            let count = piece.withUnsafeMutableBytes { read(source.number, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return }
            hasEnded = count <= 0
            piece.truncate(to: max(0, count))
            taken += piece.count
            let kept = min(tail.count, Self.limit - piece.count)
            var next = tail.copy(tail.count - kept..<tail.count)
            next.append(piece)
            tail = next
        }
    }

    /// The last lines of it, joined into one that is safe to show; empty if the child wrote nothing.
    ///
    /// - Parameter secrets: what no line may repeat, in addition to the secrets in the environment.
    func told(hiding secrets: consuming SentSecrets = SentSecrets()) -> String {
        take()
        secrets.add(secretsOfEnvironment())
        var told: [String] = []
        var room = Self.characters
        var end = tail.count
        while end > 0, told.count < Self.lines {
            let start = ((0..<end).last { isLineEnd(tail[$0]) } ?? -1) + 1
            let line = tail.copy(start..<end)
            end = max(0, start - 1)
            guard let shown = shown(line, hiding: secrets, limit: room) else { continue }
            if !told.isEmpty, shown.unicodeScalars.count > room { break }
            told.insert(shown, at: 0)
            room -= shown.unicodeScalars.count
        }
        return told.joined(separator: " / ")
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

    /// Nil for a blank line.
    private func shown(_ line: borrowing SecretBytes, hiding secrets: borrowing SentSecrets, limit: Int) -> String? {
        var range = 0..<line.count
        while let first = range.first, isBlank(line[first]) { range.removeFirst() }
        while let last = range.last, isBlank(line[last]) { range.removeLast() }
        if range.isEmpty { return nil }
        return secrets.shown(line.copy(range)).map { printable($0, limit: limit) } ?? SentSecrets.placeholder
    }
}

/// The environment's secrets, judging by the names of variables: a child's messages may repeat them.
private func secretsOfEnvironment() -> SentSecrets {
    var secrets = SentSecrets()
    var next = environ
    while let entry = next.pointee {
        next += 1
        guard let equals = strchr(entry, Int32(UInt8(ascii: "="))) else { continue }
        let name = String(decoding: UnsafeRawBufferPointer(start: entry, count: equals - entry), as: UTF8.self)
        guard isSecret(name.uppercased()) else { continue }
        let value = UnsafeRawBufferPointer(start: equals + 1, count: strlen(equals + 1))
        // A path is not a secret, and messages need it.
        guard value.count >= SentSecrets.run, value[0] != UInt8(ascii: "/") else { continue }
        secrets.add(SecretBytes(copying: value))
    }
    return secrets
}

/// Whether a variable of this name (in capitals) holds a secret.
func isSecret(_ name: String) -> Bool {
    guard !["_FILE", "_PATH", "_URI", "_URL", "_COMMAND", "_ID"].contains(where: name.hasSuffix) else { return false }
    let parts = name.split(separator: "_")
    return ["SECRET", "TOKEN", "PASSWORD", "PASSPHRASE", "PASS", "KEY"].contains { parts.contains($0[...]) }
}
