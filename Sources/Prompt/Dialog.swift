import Linux
import Text

/// A program that shows one window and ends with its answer.
struct Dialog {
    /// Those that are known.
    enum Kind: String {
        case zenity
        case kdialog
    }

    let kind: Kind
    /// Its absolute path.
    let program: String

    /// The one that fits the desktop, or else the other one.
    static func find(in environment: Environment) -> Dialog? {
        let isPlasma =
            environment["XDG_CURRENT_DESKTOP"]?.utf8.split(separator: UInt8(ascii: ":"))
            .contains { $0.elementsEqual("KDE".utf8) } == true
        for kind: Kind in isPlasma ? [.kdialog, .zenity] : [.zenity, .kdialog] {
            if let program = programPath(kind.rawValue, in: environment) { return Dialog(kind: kind, program: program) }
        }
        return nil
    }

    /// Its arguments, in which no text can be taken for an option.
    ///
    /// - Parameter timeout: when it takes itself down, in seconds, where it can.
    func arguments(for request: PromptRequest, timeout: Int64) -> [String] {
        let text = (request.note.map { printable($0, limit: nameLimit) + "\n\n" } ?? "") + request.text
        switch kind {
        case .zenity:
            let common = ["--title=" + request.title, "--timeout=\(timeout)"]
            if request.kind == .code { return ["--entry", "--text=" + label(text)] + common }
            return ["--question", "--default-cancel", "--text=" + markup(text)] + common
        case .kdialog:
            let option = request.kind == .code ? "--inputbox" : "--yesno"
            // A first line of warder's own: by it Qt decides whether this is text or markup.
            return ["--title", request.title, option, unescaped("warder:\n" + text)]
        }
    }

    /// Both programs read `\n` as a line end.
    private func unescaped(_ text: String) -> String { replacing(["\\": "\\\\"], in: text) }

    /// Text for a label in which `_` marks a key.
    private func label(_ text: String) -> String { replacing(["\\": "\\\\", "_": "__"], in: text) }

    /// Text for a label in which Pango's markup counts.
    private func markup(_ text: String) -> String {
        replacing(["\\": "\\\\", "&": "&amp;", "<": "&lt;", ">": "&gt;"], in: text)
    }

    private func replacing(_ replacements: [Unicode.Scalar: String], in text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars { out += replacements[scalar] ?? String(scalar) }
        return out
    }
}

/// The absolute path of a program, given by it or by a name to look for in `PATH`; nil where there is none.
func programPath(_ name: String, in environment: Environment) -> String? {
    guard name.begins(with: "/") || !name.holds("/") else { return nil }
    let folders = name.begins(with: "/") ? [""] : paths(environment["PATH"] ?? "").map { $0 + "/" }
    return folders.map { $0 + name }.first { $0.begins(with: "/") && isProgram($0) }
}

/// The folders of a variable like `PATH`.
private func paths(_ list: String) -> [String] {
    list.utf8.split(separator: UInt8(ascii: ":")).map { String(Substring($0)) }
}
