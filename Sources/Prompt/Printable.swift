extension Unicode.Scalar {
    /// It would steer a terminal, end a line, or change the order or the look of what stands beside it.
    var steers: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}

/// Text from outside, as a profile's or a folder's name, fit for one line: what steers is shown as its number, `\u{1b}`,
/// what is too long is cut, at `limit` characters of Unicode.
func printable(_ text: String, limit: Int = 200) -> String {
    var out = ""
    var room = limit
    for scalar in text.unicodeScalars {
        if room == 0 { return out + "…" }
        if scalar.steers {
            out += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
            out.unicodeScalars.append(scalar)
        }
        room -= 1
    }
    return out
}
