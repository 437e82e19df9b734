import Secrets

/// Comma-separated values (RFC 4180), as far as AWS writes them: no quotes inside a value.
enum CSV {
    /// Where the values of each row stand, without quotes around them and without empty rows.
    static func rows(_ text: borrowing SecretBytes) -> [[Range<Int>]] {
        var rows: [[Range<Int>]] = []
        var row: [Range<Int>] = []
        let start = hasByteOrderMark(text) ? 3 : 0
        var begin = start
        for index in start...text.count {
            let byte = index < text.count ? text[index] : UInt8(ascii: "\n")
            guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") else { continue }
            row.append(value(text, begin..<index))
            begin = index + 1
            guard byte == UInt8(ascii: "\n") else { continue }
            if row.count > 1 || !row[0].isEmpty { rows.append(row) }
            row = []
        }
        return rows
    }

    private static func value(_ text: borrowing SecretBytes, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, text[start] <= 0x20 { start += 1 }
        while end > start, text[end - 1] <= 0x20 { end -= 1 }
        if end - start >= 2, text[start] == UInt8(ascii: "\""), text[end - 1] == UInt8(ascii: "\"") {
            start += 1
            end -= 1
        }
        return start..<end
    }

    private static func hasByteOrderMark(_ text: borrowing SecretBytes) -> Bool {
        text.count >= 3 && text[0] == 0xef && text[1] == 0xbb && text[2] == 0xbf
    }
}
