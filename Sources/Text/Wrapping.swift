/// Text broken at spaces into lines of at most `width` characters, each behind `indent` spaces, and all but the first
/// behind `hanging` more; a word that is longer stands on a line of its own.
package func wrapped(_ text: String, width: Int, indent: Int, hanging: Int = 0) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if line.isEmpty {
            line = String(repeating: " ", count: indent) + word
        } else if line.count + 1 + word.count <= width {
            line += " " + word
        } else {
            lines.append(line)
            line = String(repeating: " ", count: indent + hanging) + word
        }
    }
    return line.isEmpty ? lines : lines + [line]
}
