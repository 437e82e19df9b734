/// A path or a name from outside, for a hint that holds a command: one word, which a shell that it is pasted into takes
/// as it is.
///
/// Plain where nothing needs quoting, else in single quotes. A word longer than anybody would read is cut before it is
/// quoted, not in the middle of its quotes.
package func shellWord(_ text: String) -> String {
    let word = quoted(text)
    guard abridged(word) != word else { return word }
    return quoted(Array(text.unicodeScalars.prefix(45)) + ["…"] + text.unicodeScalars.suffix(40))
}

private func quoted(_ text: String) -> String { quoted(text.unicodeScalars) }

private func quoted(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var (word, isPlain) = ("", true)
    for scalar in scalars {
        isPlain = isPlain && isPlainInShell(scalar)
        if scalar == "'" { word += "'\\''" } else { word.unicodeScalars.append(scalar) }
    }
    return isPlain && !word.isEmpty ? word : "'\(word)'"
}

private func isPlainInShell(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "@", "%", "+", ":", ",", ".", "/", "-": true
    default: false
    }
}
