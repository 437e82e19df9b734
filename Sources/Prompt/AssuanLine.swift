import Secrets
import Text

/// Text as a command's argument in at most `limit` bytes: percent-escaped, without characters that would control a
/// terminal, and truncated between two characters if it is too long.
func escaped(_ text: String, limit: Int) -> String {
    var line = ""
    var room = limit
    for character in text.unicodeScalars {
        let written: String
        switch character {
        case "%": written = "%25"
        case "\n": written = "%0A"
        case _ where isInvisible(character): written = "?"
        default: written = String(character)
        }
        room -= written.utf8.count
        if room < 0 { return line + "…" }
        line += written
    }
    return line
}

/// Parsing of a line in an answer.
extension SecretBytes {
    /// Whether the line is `word`, alone or followed by a space.
    func isWord(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard count >= length, count == length || self[length] == UInt8(ascii: " ") else { return false }
        return (0..<length).allSatisfy { self[$0] == word.utf8Start[$0] }
    }

    var isComment: Bool { count > 0 && self[0] == UInt8(ascii: "#") }

    /// The keyword from `start` to the next space, at most 32 letters.
    func word(from start: Int) -> String {
        var word = ""
        var index = start
        while index < count, index < start + 32, self[index] > UInt8(ascii: " ") {
            word.unicodeScalars.append(Unicode.Scalar(self[index]))
            index += 1
        }
        return word
    }

    /// The number after `ERR`, without the bits that identify the reporting part of GnuPG (gpg-error.h).
    var errorCode: Int { (Int(word(from: 4)) ?? 1) & 0xffff }

    /// Appends what follows `D `, unescaped; false if an escape is malformed.
    func appendUnescaped(to data: inout SecretBytes) -> Bool {
        var index = 2
        while index < count {
            var byte = self[index]
            index += 1
            if byte == UInt8(ascii: "%") {
                guard index + 1 < count, let high = hexDigit(self[index]), let low = hexDigit(self[index + 1]) else {
                    return false
                }
                byte = high << 4 | low
                index += 2
            }
            data.append(byte)
        }
        return true
    }
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}
