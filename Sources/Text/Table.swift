/// Rows of text in columns, as wide as their widest cell. The cells may hold text from outside.
package func table(_ head: [String], _ rows: [[String]]) -> Shown {
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
