import Text

/// Rows of text in columns, as wide as their widest cell. What is in the cells may be from outside.
func table(_ head: [String], _ rows: [[String]]) -> Shown {
    let rows = rows.map { $0.map(printable) }
    var widths = head.map(\.count)
    for row in rows { for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) } }
    func line(_ cells: [String]) -> Shown {
        var text = ""
        for (column, cell) in cells.enumerated() {
            text += cell
            if column < cells.count - 1 { text += String(repeating: " ", count: widths[column] - cell.count + 2) }
        }
        while text.last == " " { text.removeLast() }
        return "\(text)\n"
    }
    return ([head] + rows).map(line).reduce("", +)
}

/// A JSON value for `--json`, whose keys keep their order.
indirect enum JSON {
    case string(String)
    case number(Int64)
    case bool(Bool)
    case null
    case array([JSON])
    case object([(String, JSON)])

    /// A string, or null where there is none.
    static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// The text, indented by two spaces a level, without a newline behind it.
    func text(indent: Int = 0) -> String {
        let inner = String(repeating: " ", count: indent + 2)
        let outer = String(repeating: " ", count: indent)
        switch self {
        case .string(let value): return Self.quoted(value)
        case .number(let value): return String(value)
        case .bool(let value): return value ? "true" : "false"
        case .null: return "null"
        case .array(let values):
            if values.isEmpty { return "[]" }
            let items = values.map { inner + $0.text(indent: indent + 2) }
            return "[\n" + items.joined(separator: ",\n") + "\n" + outer + "]"
        case .object(let members):
            if members.isEmpty { return "{}" }
            let items = members.map { inner + Self.quoted($0.0) + ": " + $0.1.text(indent: indent + 2) }
            return "{\n" + items.joined(separator: ",\n") + "\n" + outer + "}"
        }
    }

    private static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case _ where isInvisible(scalar):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
