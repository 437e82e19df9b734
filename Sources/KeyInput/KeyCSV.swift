import Secrets

/// The comma-separated file that the AWS console offers for download: a header line with the names of the columns, and
/// one row for each key.
///
/// Columns are found by name, as `aws configure import` does: `User name`, `Access key ID`, `Secret access key`. Other
/// columns may stand anywhere.
public struct KeyCSV: ~Copyable {
    private let text: SecretBytes
    private let rows: [CSVRow]

    private struct CSVRow {
        let user: String?
        let identifier: Range<Int>
        let secret: Range<Int>
    }

    /// Parses a whole file. A byte order mark and carriage returns are ignored.
    public init(_ text: consuming SecretBytes) throws(KeyInputError) {
        rows = try Self.rows(text)
        self.text = text
    }

    private static func rows(_ text: borrowing SecretBytes) throws(KeyInputError) -> [CSVRow] {
        if text.count >= 2, (text[0] == 0xFF && text[1] == 0xFE) || (text[0] == 0xFE && text[1] == 0xFF) {
            throw .wideCharacters
        }
        let lines = Values.rows(text)
        guard let head = lines.first, let identifier = head.firstIndex(where: { text.says("accesskeyid", $0) }),
            let secret = head.firstIndex(where: { text.says("secretaccesskey", $0) })
        else { throw .noColumns }
        let user = head.firstIndex { text.says("username", $0) }
        let rows = lines.dropFirst().filter { $0.count > max(identifier, secret) && !$0[identifier].isEmpty }
        guard !rows.isEmpty else { throw .noKey }
        return rows.map { row in
            let name = user.flatMap { $0 < row.count && !row[$0].isEmpty ? text.text(row[$0]) : nil }
            return CSVRow(user: name, identifier: row[identifier], secret: row[secret])
        }
    }

    /// The key: the only one, or that of the user.
    public func key(of user: String) throws(KeyInputError) -> Credentials {
        let own = rows.count == 1 ? rows : rows.filter { $0.user?.utf8.elementsEqual(user.utf8) == true }
        guard let row = own.first else {
            let users = rows.compactMap(\.user)
            throw users.isEmpty ? .severalKeys : .otherUsers(users)
        }
        guard own.count == 1 else { throw .severalKeys }
        try text.checkIdentifier(row.identifier)
        try text.checkSecret(row.secret)
        return Credentials(
            accessKeyID: text.text(row.identifier), secret: text.copy(row.secret), sessionToken: nil, expiration: nil,
            accountID: nil)
    }
}

/// Comma-separated values (RFC 4180). If the first line has no comma, semicolons and tabs, which spreadsheets use in
/// some countries, separate values too.
enum Values {
    /// The ranges of the values of each row, without the quotes around them and without empty rows. A quote inside a
    /// value is left doubled.
    static func rows(_ text: borrowing SecretBytes) -> [[Range<Int>]] {
        let start = text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF ? 3 : 0
        let separator = separator(text, start)
        var rows: [[Range<Int>]] = []
        var row: [Range<Int>] = []
        var begin = start
        var isQuoted = false
        var lastQuote = -1
        for index in start...text.count {
            let byte = index < text.count ? text[index] : UInt8(ascii: "\n")
            if byte == UInt8(ascii: "\"") {
                // A doubled quote inside a value closes and reopens it.
                if isQuoted || lastQuote == index - 1 || text.trimmed(begin..<index).isEmpty { isQuoted.toggle() }
                lastQuote = index
            }
            let isEnd = byte == UInt8(ascii: "\n")
            guard index == text.count || !isQuoted && (isEnd || byte == separator) else { continue }
            row.append(value(text, begin..<index))
            begin = index + 1
            guard isEnd else { continue }
            if row.count > 1 || !row[0].isEmpty { rows.append(row) }
            row = []
        }
        return rows
    }

    private static func separator(_ text: borrowing SecretBytes, _ start: Int) -> UInt8 {
        let end = text.first(start..<text.count, "\n") ?? text.count
        return text.first(start..<end, ",").map { text[$0] } ?? text.first(start..<end, ";\t").map { text[$0] }
            ?? UInt8(ascii: ",")
    }

    private static func value(_ text: borrowing SecretBytes, _ range: Range<Int>) -> Range<Int> {
        let value = text.trimmed(range)
        guard value.count >= 2, text[value.lowerBound] == UInt8(ascii: "\""),
            text[value.upperBound - 1] == UInt8(ascii: "\"")
        else { return value }
        return text.trimmed(value.lowerBound + 1..<value.upperBound - 1)
    }
}
