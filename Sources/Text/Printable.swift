/// Text from outside, fit for one line that a person reads: what a terminal would act on, or show nothing of, is shown as
/// its number, `\u{1b}`.
///
/// It is for people, on both streams. What programs read (JSON, statements of a shell) has escapes of its own.
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

/// The same of the first `limit` characters of Unicode, with an ellipsis behind them where there are more.
package func printable(_ text: String, limit: Int) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
        end != scalars.endIndex
    else { return printable(text) }
    return printable(String(scalars[..<end])) + "…"
}

/// A message in which no word is longer than anybody would read: a profile's name may have 64 KiB.
package func abridged(_ message: String) -> String {
    message.split(separator: " ", omittingEmptySubsequences: false).map { word in
        let scalars = word.unicodeScalars
        guard scalars.count > 400 else { return String(word) }
        return String(scalars.prefix(200)) + "…" + String(scalars.suffix(100))
    }.joined(separator: " ")
}

/// Whether a terminal would act on it, or show nothing: control characters of both sets, direction marks, line
/// separators, and what Unicode has not assigned.
package func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
}
