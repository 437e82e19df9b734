import Times

/// The first line of each file of a log: which log it belongs to, and its number among the log's files. It is sealed
/// like every other line, so that no lines can be taken away before the first.
struct FileHeader: Equatable {
    let identifier: [UInt8]
    let file: UInt64

    /// The line's content, without its sequence number and seal.
    func content(at time: Int64) -> [UInt8] {
        var text = LineText()
        text.add("\"time\":\"")
        text.add(word: UnixTime(time).iso8601)
        text.add("\",\"event\":\"opened\",\"log\":\"")
        text.add(hexadecimal(identifier))
        text.add("\",\"file\":")
        text.add(file)
        return text.bytes
    }

    init(identifier: [UInt8], file: UInt64) {
        self.identifier = identifier
        self.file = file
    }

    /// Reads a line that is sealed; nil if it is another one.
    init?(_ line: ArraySlice<UInt8>, _ parsed: SealedLine) {
        // Behind `{"n":17,"time":"2026-11-29T19:43:05Z"`.
        guard let comma = line.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        var rest = line[comma...].prefix(parsed.sealedCount - (comma - line.startIndex))
        guard rest.starts(with: ",\"time\":\"".utf8) else { return nil }
        rest = rest.dropFirst(9 + 20)
        let mark = Array("\",\"event\":\"opened\",\"log\":\"".utf8)
        guard rest.starts(with: mark),
            let identifier = bytes(ofHexadecimal: rest.dropFirst(mark.count).prefix(2 * Seal.identifierSize))
        else { return nil }
        rest = rest.dropFirst(mark.count + 2 * Seal.identifierSize)
        guard rest.starts(with: "\",\"file\":".utf8) else { return nil }
        let digits = rest.dropFirst(9)
        guard (1...19).contains(digits.count), let file = UInt64(String(decoding: digits, as: UTF8.self)) else {
            return nil
        }
        self.init(identifier: identifier, file: file)
    }
}
