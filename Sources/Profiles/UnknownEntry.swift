/// What stands in a file that nothing reads.
public enum UnknownEntry: Equatable, Sendable {
    /// A section.
    case section(String, Origin)
    /// A setting, in lower case.
    case setting(String, Origin)
}

extension ProfileFile {
    /// The first thing in a file of one section, named as in the credentials file, that is neither that section nor one
    /// of its settings, which are in lower case.
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
    /// Text of `range`, whatever its bytes are.
    fileprivate func shown(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
    }
}
