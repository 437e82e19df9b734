import Crypto
import Secrets

/// How far a log's seal has got, without its key.
struct SealPosition: Equatable {
    let identifier: [UInt8]
    let lines: UInt64
    let file: UInt64

    init(_ seal: borrowing Seal) { (identifier, lines, file) = (seal.identifier, seal.lines, seal.file) }
}

/// A file of a log, as it was read.
package struct LogText: Sendable {
    let name: String
    let bytes: [UInt8]

    /// What was read from the file of this name.
    package init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
}

extension LogVerdict {
    /// The verdict on a log's files, in the order of their lines.
    ///
    /// - Parameters:
    ///   - seal: the content of the seal's file; empty if there is none.
    ///   - sealName: the name of that file.
    ///   - start: where the log began, from the store.
    package init(
        _ files: [LogText], seal: borrowing SecretBytes, named sealName: String, startedBy start: borrowing LogStart
    ) throws(CryptoError) {
        let position: SealPosition? =
            switch Seal(decoding: seal) {
            case .some(let seal): SealPosition(seal)
            case .none: nil
            }
        self = try Verification.verdict(files, position, sealName: sealName, startedBy: start)
    }
}

/// Verifies a log's lines from where it began.
struct Verification: ~Copyable {
    /// The seal as it must be at the next line.
    private var expected: Seal
    private let start: LogStart
    private let present: SealPosition
    /// The number of the file that is being read.
    private var file: UInt64
    private var checked = 0
    private var since = ""

    /// The verdict on files that are in the order of their lines.
    ///
    /// - Parameters:
    ///   - present: how far the seal has got; nil if there is none.
    ///   - sealName: the name of the seal's file, for the verdict.
    ///   - start: where the log began, from the store.
    static func verdict(
        _ files: [LogText], _ present: SealPosition?, sealName: String, startedBy start: borrowing LogStart
    ) throws(CryptoError) -> LogVerdict {
        guard let present else { return .bad(.noSeal, file: sealName, line: 0) }
        guard present.identifier == start.identifier else { return .bad(.foreign, file: sealName, line: 0) }
        let own = Int(min(present.file, UInt64(LogFolder.kept))) + 1
        var verification = Verification(present, start, firstFile: present.file - UInt64(own - 1))
        // The files before the first of this log belong to one before it.
        let covered = files.suffix(own)
        var lines = 0
        for (index, text) in covered.enumerated() {
            lines = 0
            let isLast = index == covered.count - 1
            if let bad = try verification.check(text, isFirst: index == 0, isLast: isLast, &lines) { return bad }
            verification.file += 1
        }
        let last = covered.last?.name ?? sealName
        if verification.expected.lines < present.lines { return .bad(.cut, file: last, line: lines + 1) }
        if verification.expected.lines < start.lines { return .bad(.older, file: last, line: lines + 1) }
        return .good(
            lines: verification.checked, since: verification.since, uncovered: files.dropLast(own).map(\.name))
    }

    private init(_ present: SealPosition, _ start: borrowing LogStart, firstFile: UInt64) {
        self.present = present
        self.start = start.copy()
        expected = Seal(identifier: start.identifier, key: start.key)
        file = firstFile
    }

    /// What is wrong with a file; nil if all its lines are right.
    private mutating func check(
        _ text: LogText, isFirst: Bool, isLast: Bool, _ lines: inout Int
    ) throws(CryptoError) -> LogVerdict? {
        var position = 0
        while position < text.bytes.count {
            guard let end = text.bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
                // A process that was killed left a part of a line, which the next one takes away.
                let isLeft = isLast && expected.lines >= present.lines
                return isLeft ? nil : .bad(.changed, file: text.name, line: lines + 1)
            }
            lines += 1
            let line = text.bytes[position..<end]
            if let damage = try damage(line, isHeader: position == 0, isFirst: isFirst && position == 0) {
                return .bad(damage, file: text.name, line: lines)
            }
            position = end + 1
        }
        return nil
    }

    private mutating func damage(
        _ line: ArraySlice<UInt8>, isHeader: Bool, isFirst: Bool
    ) throws(CryptoError) -> LogDamage? {
        guard let parsed = SealedLine(line) else { return .changed }
        let gap = parsed.number != expected.lines
        if gap {
            guard try wasSealed(parsed, line) else { return .changed }
            guard parsed.number > expected.lines else { return .outOfPlace }
            // The first of several files begins where those that are gone ended.
            guard isFirst, file > 0 else { return .missing }
            while expected.lines < parsed.number { try expected.advance() }
        }
        guard try expected.matches(parsed, line) else { return .changed }
        if isHeader {
            guard let header = FileHeader(line, parsed) else { return isFirst ? .missing : .changed }
            guard header.identifier == start.identifier else { return .changed }
            if header.file != file { return header.file > file ? .missing : .outOfPlace }
        }
        if checked == 0 { since = Self.time(of: line) }
        checked += 1
        try expected.advance()
        return nil
    }

    /// How many lines may have gone with files that were turned over: to derive the key of the next one takes some
    /// minutes, and the number is from a file that anyone may have written.
    private static let farthest: UInt64 = 1 << 28

    /// Whether the line is one of this log, at whatever place.
    private borrowing func wasSealed(_ parsed: SealedLine, _ line: ArraySlice<UInt8>) throws(CryptoError) -> Bool {
        guard parsed.number < max(present.lines, expected.lines) else { return false }
        guard parsed.number < expected.lines || parsed.number - expected.lines <= Self.farthest else { return false }
        var seal = Seal(identifier: start.identifier, key: start.key)
        if parsed.number > expected.lines { seal = expected.copy() }
        while seal.lines < parsed.number { try seal.advance() }
        return try seal.matches(parsed, line)
    }

    /// The time that a line names, behind its sequence number.
    private static func time(of line: ArraySlice<UInt8>) -> String {
        guard let comma = line.firstIndex(of: UInt8(ascii: ",")) else { return "" }
        return String(decoding: line[comma...].dropFirst(9).prefix(20), as: UTF8.self)
    }
}
