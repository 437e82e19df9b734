import Text

extension Caller {
    /// The longest name and the longest folder to show, in characters.
    private static let nameLimit = 32
    private static let folderLimit = 60

    /// `terraform (4711) in ~/infra`, on one line and without invisible characters. A script is shown with its
    /// interpreter, as `aws (4711, python3.11)`; a long folder is truncated at its start.
    ///
    /// - Parameter home: the user's home folder, shown as `~`; nil if unknown.
    public func description(home: String?) -> String {
        var text = Self.beginning(shownName)
        text += " (\(process)"
        if let program, !program.isSame(as: shownName) { text += ", " + Self.beginning(program) }
        text += ")"
        guard let folder else { return text }
        return text + " in " + Self.end(shownPath(folder, home: home))
    }

    /// The name of its executable.
    private var program: String? { executable.map(lastPart(ofPath:)) }

    /// The name in full: the kernel cuts names after 15 bytes.
    private var shownName: String {
        if let program, name.utf8.count == 15, program.utf8.starts(with: name.utf8) { return program }
        return name
    }

    private static func beginning(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            let piece = visible(scalar)
            guard out.count + piece.count <= nameLimit else { return out + "…" }
            out += piece
        }
        return out
    }

    private static func end(_ text: String) -> String {
        var pieces: [String] = []
        var count = 0
        for scalar in text.unicodeScalars.reversed() {
            let piece = visible(scalar)
            count += piece.count
            guard count <= folderLimit else {
                pieces.append("…")
                break
            }
            pieces.append(piece)
        }
        return pieces.reversed().joined()
    }

    /// The character, or its code point if a reader could not recognise it: a control character, one that changes
    /// writing direction, an invisible one, a space other than U+0020.
    private static func visible(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .spaceSeparator where scalar == " ": return " "
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse,
            .unassigned:
            break
        default: if !scalar.properties.isDefaultIgnorableCodePoint { return String(scalar) }
        }
        return "\\u{" + String(scalar.value, radix: 16) + "}"
    }
}
