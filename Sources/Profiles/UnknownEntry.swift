/// An entry of a file that no program reads.
public enum UnknownEntry: Equatable, Sendable {
    /// A section.
    case section(String, Origin)
    /// A setting, in lowercase.
    case setting(String, Origin)
}

extension ProfileFile {
    /// For a file with one section, whose header is as in the credentials file: the first entry that is neither that
    /// section nor one of its settings, which are in lowercase.
    public func unknown(besides section: String, _ settings: [String]) -> UnknownEntry? {
        withText { text in
            for found in sections {
                let name = text.shown(Int(found.nameStart)..<Int(found.nameEnd))
                guard name == section else { return .section(name, origin(found.line)) }
                var properties: [Property] = []
                text.read(found, inCredentials: kind == .credentials, into: &properties)
                for property in properties {
                    let start = Int(property.nameStart) - (property.isOwn ? 7 : 0)
                    let name = text.shown(start..<Int(property.nameEnd)).lowercased()
                    if !settings.contains(name) { return .setting(name, origin(property.line)) }
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
