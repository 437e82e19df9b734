/// Text from outside, made safe for one line that a person reads: a character that a terminal would interpret or not
/// show becomes its code point, `\u{1b}`.
///
/// It is for people, on both streams. Output for programs (JSON, statements of a shell) has its own escapes.
package func printable(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
        if isInvisible(scalar) {
            out += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
            out.unicodeScalars.append(scalar)
        }
    }
    return out
}

/// The same for the first `limit` Unicode scalars, followed by an ellipsis if there are more.
package func printable(_ text: String, limit: Int) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
        end != scalars.endIndex
    else { return printable(text) }
    return printable(String(scalars[..<end])) + "…"
}

/// A message whose longest words are truncated: a profile's name may have 64 KiB.
package func abridged(_ message: String) -> String {
    message.split(separator: " ", omittingEmptySubsequences: false).map { word in
        let scalars = word.unicodeScalars
        guard scalars.count > 400 else { return String(word) }
        return String(scalars.prefix(200)) + "…" + String(scalars.suffix(100))
    }.joined(separator: " ")
}

/// Whether a terminal would interpret the character, or show nothing: control characters of both sets, direction marks,
/// line separators, and unassigned code points.
package func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
}
