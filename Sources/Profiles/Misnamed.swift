/// A section that is meant for a profile, and headed otherwise.
public struct Misnamed: Sendable, Equatable {
    /// The line of its header.
    public let origin: Origin
    /// The header that it should have.
    public let heading: String
}

extension ProfileFile {
    /// The line of the first section that is headed as if it were to be the profile `name`, and is none.
    func misnamed(_ name: String) -> UInt32? {
        withText { text -> UInt32? in
            for section in sections where section.kind == (kind == .config ? .other : .profile) {
                let range = Int(section.nameStart)..<Int(section.nameEnd)
                guard let said = text.string(range), said != name || kind == .config else { continue }
                if said == name || meant(said) == name { return section.line }
            }
            return nil
        } ?? nil
    }

    /// What stands behind the word `profile`, in whatever case and however it is set off.
    private func meant(_ heading: String) -> String? {
        if heading.lowercased() == "default" { return "default" }
        let word = "profile".unicodeScalars
        var name = heading.unicodeScalars[...]
        guard name.count > word.count, zip(name, word).allSatisfy({ $0.properties.lowercaseMapping == String($1) })
        else { return nil }
        name = name.dropFirst(word.count)
        let marks: Set<Unicode.Scalar> = [" ", "\t", ":", "=", "-", "_", ".", "/", "\"", "'"]
        while let first = name.first, marks.contains(first) { name.removeFirst() }
        while let last = name.last, last == "\"" || last == "'" { name.removeLast() }
        return String(name)
    }
}
