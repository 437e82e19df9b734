import Text

/// The help of a command, for a terminal of 80 columns.
///
/// - Parameter path: the commands that lead to it, from the root on.
package func help(_ path: [any Command.Type]) -> String {
    guard let command = path.last else { return "" }
    let description = command.description
    let names = path.map { $0.name }.filter { !$0.isEmpty }
    var parts = [wrapped(description.abstract, to: Columns.all)]
    parts.append("usage: " + wrapped(usage(names, description), to: Columns.all - 7, indent: "       "))
    if !description.discussion.isEmpty { parts.append(description.discussion) }
    for group in description.groups { parts += commandList(group) }
    let shown = description.parameters.filter { !$0.isHidden }
    parts += list("arguments", shown.filter { !$0.isOption }.map { ($0.spelling, $0) })
    let isRoot = path.count == 1
    parts += list("options", shown.filter { $0.isOption }.map { ($0.spelling, $0) } + builtIn(isRoot: isRoot))
    if isRoot {
        parts.append("\(names[0]) help COMMAND tells more about a command.")
    } else if !description.groups.isEmpty {
        parts.append(
            "\(names[0]) help \(names.dropFirst().joined(separator: " ")) COMMAND tells more about one of them.")
    }
    return parts.joined(separator: "\n\n") + "\n"
}

/// The widths of what help prints, in characters.
private enum Columns {
    static let all = 80
    /// Where the sentence beside an option begins.
    static let sentences = 26
    /// Where the sentence beside a command begins.
    static let commands = 14
}

/// What a command line looks like.
private func usage(_ names: [String], _ description: CommandDescription) -> String {
    var words = names
    if !description.groups.isEmpty { words.append(description.usual == nil ? "<command>" : "[<command>]") }
    let shown = description.parameters.filter { !$0.isHidden }
    words += shown.filter { $0.isOption }.map { parameter in
        let spelling = parameter.spelling.joined
        return parameter.role == .option(isRequired: true) ? spelling : "[" + spelling + "]"
    }
    for parameter in shown {
        switch parameter.role {
        case .flag, .pair, .option: break
        case .operand(isRequired: true): words.append(parameter.spelling)
        case .operand(isRequired: false): words.append("[" + parameter.spelling + "]")
        case .operands: words.append("[" + parameter.spelling + "]...")
        case .command: words.append("[[--] \(parameter.spelling)...]".joined)
        }
    }
    return words.joined(separator: " ")
}

extension String {
    /// The text with its spaces marked: no line is broken there.
    fileprivate var joined: String { replacing(UInt8(ascii: " "), by: String.joint) }
    /// The text with spaces where they were marked.
    fileprivate var unjoined: String { replacing(String.joint, by: UInt8(ascii: " ")) }

    /// A control character, of which there are none in help.
    private static let joint: UInt8 = 0x1f
    private func replacing(_ byte: UInt8, by other: UInt8) -> String {
        String(decoding: utf8.map { $0 == byte ? other : $0 }, as: UTF8.self)
    }
}

/// The commands of a group that people type.
private func commandList(_ group: CommandGroup) -> [String] {
    let shown = group.commands.map { ($0.name, $0.description) }.filter { !$0.1.isHidden }
    guard !shown.isEmpty else { return [] }
    let lines = shown.map { line($0.0, $0.1.abstract, at: Columns.commands) }
    return [group.title + ":\n" + lines.joined(separator: "\n")]
}

private func list(_ title: String, _ entries: [(head: String, parameter: Parameter)]) -> [String] {
    guard !entries.isEmpty else { return [] }
    let lines = entries.map { entry in
        let sentences = [entry.parameter.help, entry.parameter.details].filter { !$0.isEmpty }
        return line(entry.head, sentences.joined(separator: " "), at: Columns.sentences)
    }
    return [title + ":\n" + lines.joined(separator: "\n")]
}

/// The options that the parser itself knows.
private func builtIn(isRoot: Bool) -> [(String, Parameter)] {
    let help = ("-h, --help", Flag("help", "Show this help.").parameter)
    return isRoot ? [help, ("-V, --version", Flag("version", "Show the version.").parameter)] : [help]
}

/// A name, and beside it a sentence in as many lines as it needs.
private func line(_ head: String, _ sentence: String, at column: Int) -> String {
    let indent = String(repeating: " ", count: column)
    let text = wrapped(sentence, to: Columns.all - column, indent: indent)
    let start = "  " + head
    guard start.utf8.count + 2 <= column else { return start + "\n" + indent + text }
    return start + String(repeating: " ", count: column - start.utf8.count) + text
}

/// The words in lines of at most `width` characters; each but the first begins with `indent`.
private func wrapped(_ text: String, to width: Int, indent: String = "") -> String {
    var out = ""
    var used = 0
    for word in text.utf8.split(separator: UInt8(ascii: " ")) {
        let length = word.count { $0 & 0xc0 != 0x80 }
        if out.isEmpty {
            used = length
        } else if used + 1 + length <= width {
            out += " "
            used += 1 + length
        } else {
            out += "\n" + indent
            used = length
        }
        out += String(Substring(word))
    }
    return out.unjoined
}
