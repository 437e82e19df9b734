/// Text broken at spaces into lines of at most `width` characters, each behind `indent` spaces; a word that is longer
/// stands on a line of its own.
package func wrapped(_ text: String, width: Int, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if line.isEmpty {
            line = margin + word
        } else if line.count + 1 + word.count <= width {
            line += " " + word
        } else {
            lines.append(line)
            line = margin + word
        }
    }
    return line.isEmpty ? lines : lines + [line]
}
