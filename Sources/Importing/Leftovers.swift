import Failures
import Glibc
import Linux
import Profiles
import Secrets
import Setup
import Text

/// The files that still hold an imported secret.
struct Leftovers {
    /// A place where a secret was found.
    struct Place: Equatable {
        let path: String
        /// Nil in a file that is not text.
        let line: Int?
        /// The profile whose key it is.
        let profile: String

        var text: String { line.map { "\(path):\($0)" } ?? path }
    }

    /// A file may have so many lines with it that more would hide the others.
    private static let mostLines = 3
    /// In bytes; a history of ten years has some MiB.
    private static let largest = 64 << 20

    private(set) var places: [Place] = []
    /// Files of which only the beginning was searched.
    private(set) var unfinished: [String] = []
    private var seen: [FileIdentity] = []

    /// Searches files for keys. Files that are not there, or cannot be read, are passed over.
    init(of pairs: [PlaintextPair], in paths: [String]) {
        for path in paths {
            guard let identity = FileIdentity(at: path), !seen.contains(identity) else { continue }
            seen.append(identity)
            search(path, pairs)
        }
    }

    private mutating func search(_ path: String, _ pairs: [PlaintextPair]) {
        let overlap = max(0, (pairs.map { $0.secret.count }.max() ?? 0) - 1)
        // The first lines of each, and no more: a file may hold a secret a million times.
        var found: [[Int]] = pairs.map { _ in [] }
        var (line, isText, isFirst) = (1, true, true)
        let isWhole = try? eachPiece(ofPlainFile: path, overlap: overlap, limit: Self.largest) { piece in
            let known = isFirst ? 0 : min(overlap, piece.count)
            isFirst = false
            if piece.contains(0) { isText = false }
            for (index, pair) in pairs.enumerated() where found[index].count < Self.mostLines {
                var (present, counted) = (line, 0)
                piece.each(pair.secret) { start in
                    // One that ends in the overlap was found in the piece before.
                    guard start + pair.secret.count > known || known == 0 else { return true }
                    present += piece.lineFeeds(counted..<start)
                    counted = start
                    if found[index].last != present { found[index].append(present) }
                    return found[index].count < Self.mostLines
                }
            }
            line += piece.lineFeeds(0..<(piece.count - min(overlap, piece.count)))
        }
        if isWhole == false { unfinished.append(path) }
        for (index, pair) in pairs.enumerated() {
            for line in found[index].prefix(isText ? Self.mostLines : 1) {
                places.append(Place(path: path, line: isText ? line : nil, profile: pair.profile))
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Calls `body` with each offset at which the secret stands, until it returns false.
    fileprivate func each(_ secret: borrowing SecretBytes, _ body: (Int) -> Bool) {
        guard let base = baseAddress, !secret.isEmpty else { return }
        secret.withUnsafeBytes { needle in
            guard let word = needle.baseAddress else { return }
            var start = 0
            while start + needle.count <= count,
                let found = memchr(base + start, Int32(needle[0]), count - start - needle.count + 1)
            {
                let offset = UnsafeRawPointer(found) - base
                let isFound = memcmp(found, word, needle.count) == 0
                if isFound, !body(offset) { return }
                start = offset + (isFound ? needle.count : 1)
            }
        }
    }

    fileprivate func lineFeeds(_ range: Range<Int>) -> Int {
        self[range].reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    }
}
