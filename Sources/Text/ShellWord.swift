/// A path or a name from outside, for a hint with a command: one word, which a shell takes literally when the user
/// pastes it.
///
/// It is unquoted if nothing needs quoting, otherwise in single quotes. A word that is too long to read is truncated
/// before it is quoted, so that its quotes stay whole.
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
