import Failures
import Glibc
import Setup
import Text

/// Writes a diff to standard output, in colour if that is a terminal.
func printOut(difference lines: [String], _ context: Context) throws(Failure) {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let isColoured = showsColours(context)
    var all: Shown = ""
    for line in lines {
        let isOfWindows = line.utf8.last == UInt8(ascii: "\r")
        let words = isOfWindows ? String(line.unicodeScalars.dropLast()) : line
        let text = words.split(separator: "\t", omittingEmptySubsequences: false).map { Shown(String($0)) }
        let shown = text.dropFirst().reduce(text[0]) { $0 + "\t" + $1 }
        // A terminal does not need Windows line ends.
        let end: Shown = isOfWindows && !isTerminal ? "\r\n" : "\n"
        all += (isColoured ? coloured(shown, as: line) : shown) + end
    }
    try printOut(all)
}

/// Whether standard output is a terminal that shows colours, and the user wants them (no-color.org).
func showsColours(_ context: Context) -> Bool {
    isatty(STDOUT_FILENO) == 1 && context.environment.nonEmpty("NO_COLOR") == nil
        && context.environment["TERM"] != "dumb"
}

/// Colours as in `git diff`.
private func coloured(_ shown: Shown, as line: String) -> Shown {
    let code =
        switch line.utf8.first {
        case _ where line.begins(with: "--- ") || line.begins(with: "+++ "): "1"
        case UInt8(ascii: "@"): "36"
        case UInt8(ascii: "-"): "31"
        case UInt8(ascii: "+"): "32"
        default: "0"
        }
    return "\u{1b}[\(code)m\(shown)\u{1b}[0m"
}
