/// A duplicate entry in a file. Python's configparser refuses such a file as a whole, and with it botocore and the AWS
/// CLI; other SDKs, and warder, merge the two entries.
public struct DuplicateEntry: Sendable, Equatable {
    /// The section's header without its brackets, or the setting's name.
    public let name: String
    /// Whether it is a section rather than a setting.
    public let isSection: Bool
    /// The line of the second occurrence.
    public let origin: Origin
    /// The lines of the first one: a section with its settings, or a setting with its continuation.
    package let first: ClosedRange<Int>
    /// The lines of the second one.
    package let second: ClosedRange<Int>
}

extension ProfileSet {
    /// The first duplicate in each file. Takes time in proportion to the files' length.
    public var repetitions: [DuplicateEntry] { [config, credentials].compactMap { $0?.repetition } }
}

extension ProfileFile {
    /// The first duplicate. Takes time in proportion to the file's length.
    package var repetition: DuplicateEntry? {
        withText { text in
            var hashes = Set<UInt32>(minimumCapacity: sections.count)
            var properties: [Property] = []
            for (index, section) in sections.enumerated() {
                // Two headers may share a hash.
                if !hashes.insert(text.headerHash(of: section)).inserted {
                    let header = text.header(of: section)
                    if let header, let first = sections[..<index].first(where: { text.header(of: $0) == header }) {
                        return DuplicateEntry(
                            name: header, isSection: true, origin: origin(section.line), first: text.lines(of: first),
                            second: text.lines(of: section))
                    }
                }
                properties.removeAll(keepingCapacity: true)
                text.read(section, inCredentials: kind == .credentials, into: &properties)
                if let setting = repeated(properties, text) { return setting }
            }
            return nil
        } ?? nil
    }

    private func repeated(_ properties: [Property], _ text: FileBytes) -> DuplicateEntry? {
        for (index, property) in properties.enumerated() {
            for other in properties[..<index] where other.hash == property.hash && other.isOwn == property.isOwn {
                let name = text.name(of: property)
                if text.name(of: other) == name {
                    return DuplicateEntry(
                        name: name, isSection: false, origin: origin(property.line), first: text.lines(of: other),
                        second: text.lines(of: property))
                }
            }
        }
        return nil
    }
}

extension FileBytes {
    /// The text between the brackets, unchanged: for Python `[profile  p]` differs from `[profile p]`.
    private func headerRange(of section: Section) -> Range<Int> {
        let start = lineStart(Int(section.nameStart)) + 1
        return start..<max(start, Int(section.nameEnd))
    }

    /// Nil if it is not UTF-8.
    func header(of section: Section) -> String? { string(headerRange(of: section)) }

    fileprivate func headerHash(of section: Section) -> UInt32 {
        let range = headerRange(of: section)
        return hashed(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// In lowercase, `warder_` included.
    fileprivate func name(of property: Property) -> String {
        let start = Int(property.nameStart) - (property.isOwn ? 7 : 0)
        return String(decoding: (start..<Int(property.nameEnd)).map { lowercase(self[$0]) }, as: UTF8.self)
    }
}
