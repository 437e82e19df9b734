/// What `.warder` may hold: one line with the name of a profile, and around it blank lines and lines that begin with
/// `#`.
enum FolderText {
    enum Fault: Error, Equatable { case notOneName, notAName }

    /// The name; spaces and tabs around it do not count.
    ///
    /// Never a command: nothing in it is run or expanded. A leading `-` would be an option to a shell's hook.
    static func profile(_ bytes: [UInt8]) throws(Fault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notAName }
        var name: String.UnicodeScalarView.SubSequence?
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: true) {
            let line = trimmed(line)
            guard let first = line.first, first != "#" else { continue }
            guard name == nil else { throw .notOneName }
            name = line
        }
        guard let name else { throw .notOneName }
        guard name.first != "-", !name.contains(where: isControl) else { throw .notAName }
        return String(name)
    }

    /// C0, DEL and C1.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

    private static func trimmed(
        _ line: String.UnicodeScalarView.SubSequence
    ) -> String.UnicodeScalarView.SubSequence {
        var line = line.drop { $0 == " " || $0 == "\t" }
        while line.last == " " || line.last == "\t" { line.removeLast() }
        return line
    }
}
