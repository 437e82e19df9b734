import Secrets

/// A config or credentials file, checked from its first line to its last.
///
/// The text stays in a `SecretBytes`, since these files may hold keys. Sections are recorded but not read until they
/// are needed.
public final class ProfileFile: Sendable {
    /// The two files differ in their section headers: `[profile NAME]` or `[NAME]`.
    public enum Kind: Sendable {
        /// `~/.aws/config`.
        case config
        /// `~/.aws/credentials`.
        case credentials
    }

    /// The file's name, as origins show it.
    public let path: String
    /// Which of the two files it is.
    public let kind: Kind

    private let text: SecretBytes
    let sections: [Section]

    /// Reads a file's text; `path` is for origins only. Throws for the first line that breaks the grammar.
    ///
    /// A byte order mark is skipped, and CRLF ends a line as LF does. Bytes that are not UTF-8 matter only in values
    /// that are read.
    public init(text: consuming SecretBytes, path: String, kind: Kind) throws(ProfileError) {
        guard text.count < Int(Int32.max) else { throw .fileTooLarge(path: path) }
        sections = try text.withUnsafeBytes { (bytes) throws(ProfileError) -> [Section] in
            guard let base = bytes.baseAddress else { return [] }
            var scanner = ConfigScanner(FileBytes(base: base, count: bytes.count), of: kind, path: path)
            do throws(ProfileError) { try scanner.scan(from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0) } catch {
                // Checked only after an error: UTF-16 text never scans without one.
                if let encoding = WideEncoding(bytes) { throw .utf16(path: path, encoding) }
                throw error
            }
            return scanner.sections
        }
        self.path = path
        self.kind = kind
        self.text = text
    }

    /// A file of the same structure as one that was checked.
    init(sections: [Section], text: consuming SecretBytes, path: String, kind: Kind) {
        self.sections = sections
        self.text = text
        self.path = path
        self.kind = kind
    }

    /// Lends the text for reading. `body` must not keep it.
    func withText<R: ~Copyable>(_ body: (FileBytes) -> R) -> R? {
        text.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            return body(FileBytes(base: base, count: bytes.count))
        }
    }

    /// A secret copied from bytes of the file.
    func secret(_ pieces: [Range<Int>]) -> SecretBytes {
        var secret = SecretBytes(capacity: pieces.reduce(0) { $0 + $1.count + 1 })
        text.withUnsafeBytes { bytes in
            for (index, piece) in pieces.enumerated() {
                if index > 0 { secret.append(UInt8(ascii: "\n")) }
                secret.append(UnsafeRawBufferPointer(rebasing: bytes[piece]))
            }
        }
        return secret
    }

    func origin(_ line: UInt32) -> Origin { Origin(path: path, line: Int(line)) }

    /// Adds the properties of all sections of a name to `properties`, in file order. Returns the line of the first such
    /// section, or nil if there is none.
    func read(
        _ kind: Section.Kind, _ name: String, _ index: SectionIndex?, into properties: inout [Property]
    ) -> UInt32? {
        if let index {
            let found = sections(kind, name, index)
            _ = withText { text in
                for section in found {
                    text.read(section, inCredentials: self.kind == .credentials, into: &properties)
                }
            }
            return found.first?.line
        }
        var name = name
        var line: UInt32?
        name.withUTF8 { word in
            _ = withText { text in
                for section in sections where section.kind == kind && text.holds(word, section) {
                    if line == nil { line = section.line }
                    text.read(section, inCredentials: self.kind == .credentials, into: &properties)
                }
            }
        }
        return line
    }

    /// The first line that is indented deeper than the setting above it, and so continues that setting. Takes time in
    /// proportion to the file's length.
    package var continuation: Origin? {
        withText { text -> UInt32? in
            var properties: [Property] = []
            for section in sections { text.read(section, inCredentials: kind == .credentials, into: &properties) }
            return properties.lazy.compactMap { text.continuation(of: $0) }.first
        }.flatMap { $0 }.map(origin)
    }

    /// All sections of a name, in file order.
    func sections(_ kind: Section.Kind, _ name: String, _ index: SectionIndex) -> [Section] {
        index[name].map { sections[$0] }.filter { $0.kind == kind }
    }

    /// The line of the first profile that is ignored because its name is `name`, or `name` in quotes.
    func passedOver(_ name: String) -> UInt32? {
        // Of a name without other characters, only the quotes can be wrong.
        let isQuoted = name.utf8.allSatisfy(isNameByte)
        return withText { text -> UInt32? in
            for section in sections where section.kind == .profile {
                if isQuoted, !text.beginsWithQuote(section) { continue }
                let range = Int(section.nameStart)..<Int(section.nameEnd)
                guard !range.allSatisfy({ isNameByte(text[$0]) }), let said = text.string(range) else { continue }
                if said == name || said == "\"\(name)\"" || said == "'\(name)'" { return section.line }
            }
            return nil
        } ?? nil
    }

    /// The names of all profiles in file order, one for each section.
    package var profileNames: [String] { names(of: .profile, .bareDefault) }

    /// The names of the sections of these kinds in file order, one for each section.
    func names(of kinds: Section.Kind...) -> [String] {
        withText { text in
            var names: [String] = []
            for section in sections where kinds.contains(section.kind) {
                let range = Int(section.nameStart)..<Int(section.nameEnd)
                guard !range.isEmpty, range.allSatisfy({ isNameByte(text[$0]) }), let name = text.string(range) else {
                    continue
                }
                names.append(name)
            }
            return names
        } ?? []
    }
}

extension FileBytes {
    @inline(__always)
    fileprivate func holds(_ word: UnsafeBufferPointer<UInt8>, _ section: Section) -> Bool {
        holds(word, at: Int(section.nameStart), to: Int(section.nameEnd))
    }

    @inline(__always)
    fileprivate func beginsWithQuote(_ section: Section) -> Bool {
        guard section.nameStart < section.nameEnd else { return false }
        let first = self[Int(section.nameStart)]
        return first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
    }
}
