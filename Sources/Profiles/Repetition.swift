/// What stands twice in a file. The parser of Python's standard library refuses such a file as a whole, and with it botocore
/// and the AWS CLI do; other SDKs, and warder, put the two together.
public struct Repetition: Sendable, Equatable {
    /// The section's header without its brackets, or the setting's name.
    public let name: String
    /// It is a section, and no setting.
    public let isSection: Bool
    /// Where it stands for the second time.
    public let origin: Origin
}

extension ProfileSet {
    /// The first repetition of each file. Takes time in proportion to the files' length.
    public var repetitions: [Repetition] { [config, credentials].compactMap { $0?.repetition } }
}

extension ProfileFile {
    fileprivate var repetition: Repetition? {
        withText { text in
            var headers: Set<String> = []
            for section in sections {
                // As it stands: Python takes `[profile  p]` for another one than `[profile p]`.
                let start = text.lineStart(Int(section.nameStart)) + 1
                guard let header = text.string(start..<max(start, Int(section.nameEnd))) else { continue }
                guard headers.insert(header).inserted else {
                    return Repetition(name: header, isSection: true, origin: origin(section.line))
                }
                if let setting = repeatedSetting(section, text) { return setting }
            }
            return nil
        } ?? nil
    }

    private func repeatedSetting(_ section: Section, _ text: Text) -> Repetition? {
        var properties: [Property] = []
        text.read(section, inCredentials: kind == .credentials, into: &properties)
        for (index, property) in properties.enumerated() {
            for other in properties[..<index] where other.hash == property.hash && other.isOwn == property.isOwn {
                let name = text.name(of: property)
                if text.name(of: other) == name {
                    return Repetition(name: name, isSection: false, origin: origin(property.line))
                }
            }
        }
        return nil
    }
}

extension Text {
    /// In lower case, `warder_` included.
    fileprivate func name(of property: Property) -> String {
        let start = Int(property.nameStart) - (property.isOwn ? 7 : 0)
        return String(decoding: (start..<Int(property.nameEnd)).map { lowercase(self[$0]) }, as: UTF8.self)
    }
}
