/// An entry of a file that no program reads.
public enum UnknownEntry: Equatable, Sendable {
    /// A section.
    case section(String, Origin)
    /// A setting, in lowercase, of a known section.
    case setting(String, section: String, Origin)
}

extension ProfileFile {
    /// For a file whose section headers are as in the credentials file: the first entry that is neither one of the known
    /// sections nor one of the section's settings, which are in lowercase.
    public func unknown(besides known: [(section: String, settings: [String])]) -> UnknownEntry? {
        withText { text in
            for found in sections {
                let name = text.shown(Int(found.nameStart)..<Int(found.nameEnd))
                guard let settings = known.first(where: { $0.section == name })?.settings else {
                    return .section(name, origin(found.line))
                }
                var properties: [Property] = []
                text.read(found, inCredentials: kind == .credentials, into: &properties)
                for property in properties {
                    let start = Int(property.nameStart) - (property.isOwn ? 7 : 0)
                    let key = text.shown(start..<Int(property.nameEnd)).lowercased()
                    if !settings.contains(key) { return .setting(key, section: name, origin(property.line)) }
                }
            }
            return nil
        } ?? nil
    }
}

extension FileBytes {
    /// The text of `range`, whatever its bytes are.
    fileprivate func shown(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
    }
}
