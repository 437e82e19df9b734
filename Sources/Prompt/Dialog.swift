import Linux
import Text

/// A program that shows one window and exits with the user's answer.
struct Dialog {
    /// The supported programs.
    enum Kind: String {
        case zenity
        case kdialog
    }

    let kind: Kind
    /// Its absolute path.
    let program: String

    /// The program that fits the desktop, or else the other one.
    static func find(in environment: Environment) -> Dialog? {
        let isPlasma =
            environment["XDG_CURRENT_DESKTOP"]?.utf8.split(separator: UInt8(ascii: ":"))
            .contains { $0.elementsEqual("KDE".utf8) } == true
        for kind: Kind in isPlasma ? [.kdialog, .zenity] : [.zenity, .kdialog] {
            if let program = programPath(kind.rawValue, in: environment) { return Dialog(kind: kind, program: program) }
        }
        return nil
    }

    /// The program's arguments, built so that no text can be parsed as an option.
    ///
    /// - Parameter timeout: when the window closes by itself, in seconds, if the program supports that.
    func arguments(for request: PromptRequest, timeout: Int64) -> [String] {
        let text = (request.note.map { printable($0, limit: nameLimit) + "\n\n" } ?? "") + request.text
        switch kind {
        case .zenity:
            let common = ["--title=" + request.title, "--timeout=\(timeout)"]
            if request.kind == .code { return ["--entry", "--text=" + label(text)] + common }
            return ["--question", "--default-cancel", "--text=" + markup(text)] + common
        case .kdialog:
            let option = request.kind == .code ? "--inputbox" : "--yesno"
            // The first line is warder's own: Qt decides by it whether the text is markup.
            return ["--title", request.title, option, unescaped("warder:\n" + text)]
        }
    }

    /// Both programs read `\n` as a line end.
    private func unescaped(_ text: String) -> String { replacing(["\\": "\\\\"], in: text) }

    /// Text for a label in which `_` marks a mnemonic.
    private func label(_ text: String) -> String { replacing(["\\": "\\\\", "_": "__"], in: text) }

    /// Text for a label that interprets Pango markup.
    private func markup(_ text: String) -> String {
        replacing(["\\": "\\\\", "&": "&amp;", "<": "&lt;", ">": "&gt;"], in: text)
    }

    private func replacing(_ replacements: [Unicode.Scalar: String], in text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars { out += replacements[scalar] ?? String(scalar) }
        return out
    }
}

/// The absolute path of a program, given as a path or as a name to find in `PATH`; nil if there is none.
func programPath(_ name: String, in environment: Environment) -> String? {
    guard name.begins(with: "/") || !name.holds("/") else { return nil }
    let folders = name.begins(with: "/") ? [""] : paths(environment["PATH"] ?? "").map { $0 + "/" }
    return folders.map { $0 + name }.first { $0.begins(with: "/") && isProgram($0) }
}

/// The folders in a variable such as `PATH`.
private func paths(_ list: String) -> [String] {
    list.utf8.split(separator: UInt8(ascii: ":")).map { String(Substring($0)) }
}
