/// The permitted content of `.warder`: one line with the name of a profile, besides blank lines and lines that begin
/// with `#`.
enum FolderText {
    enum Fault: Error, Equatable { case notOneName, notAName, carriageReturn, byteOrderMark, remark }

    /// The name, without spaces and tabs around it.
    ///
    /// It is never a command: nothing in it is run or expanded. A leading `-` would be an option to a shell's hook.
    static func profile(_ bytes: [UInt8]) throws(Fault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notAName }
        guard !bytes.starts(with: [0xef, 0xbb, 0xbf]) else { throw .byteOrderMark }
        var found: Substring.UTF8View?
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            let name = trimmed(line)
            guard let first = name.first, first != UInt8(ascii: "#") else { continue }
            guard name.last != UInt8(ascii: "\r") else { throw .carriageReturn }
            guard found == nil else { throw .notOneName }
            found = name
        }
        guard let found else { throw .notOneName }
        guard !holdsRemark(found) else { throw .remark }
        guard found.first != UInt8(ascii: "-"), !holdsControl(found) else { throw .notAName }
        return String(Substring(found))
    }

    /// Whether it contains C0, DEL or C1, in UTF-8.
    static func holdsControl(_ text: Substring.UTF8View) -> Bool {
        var last: UInt8 = 0
        for byte in text {
            if byte < 0x20 || byte == 0x7f || (last == 0xc2 && byte < 0xa0) { return true }
            last = byte
        }
        return false
    }

    /// Whether a `#` follows a blank: meant as a comment, and never part of a profile's name.
    private static func holdsRemark(_ text: Substring.UTF8View) -> Bool {
        zip(text, text.dropFirst()).contains { ($0 == 0x20 || $0 == 0x09) && $1 == UInt8(ascii: "#") }
    }

    private static func trimmed(_ line: Substring.UTF8View) -> Substring.UTF8View {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var line = line
        while let first = line.first, isBlank(first) { line = line.dropFirst() }
        while let last = line.last, isBlank(last) { line = line.dropLast() }
        return line
    }
}
