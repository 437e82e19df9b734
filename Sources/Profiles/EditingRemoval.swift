import Secrets

extension ProfileFile {
    /// The edits that remove the lines of plaintext keys, in file order. A section of the credentials file that holds
    /// nothing any more goes with its header and its blank lines; one with a comment above the key or beside its header
    /// stays. All other bytes stay unchanged.
    ///
    /// - Parameter names: the profiles that have the keys.
    public func removingKeys(of names: Set<String>) -> [Edit] {
        withText { text in
            sections.filter { section in
                guard section.kind == .profile || section.kind == .bareDefault,
                    let name = text.string(Int(section.nameStart)..<Int(section.nameEnd))
                else { return false }
                return names.contains(name)
            }.flatMap { text.removingKey(from: $0, inCredentials: kind == .credentials) }
        } ?? []
    }

    /// The same file with an asterisk for each byte of a secret, to be shown. An id that does not look like one is masked
    /// too: it may be the secret, in the wrong line.
    public func masked() -> ProfileFile {
        let identifier = PropertyName("aws_access_key_id")
        let secrets = ["aws_secret_access_key", "aws_session_token", "aws_security_token"].map { PropertyName($0) }
        let ranges =
            withText { text in
                sections.flatMap { section in
                    var properties: [Property] = []
                    text.read(section, inCredentials: kind == .credentials, into: &properties)
                    return properties.filter { property in
                        secrets.contains { text.isNamed(property, $0) }
                            || text.isNamed(property, identifier) && !text.looksLikeIdentifier(property)
                    }
                    .map { Int($0.valueStart)..<Int($0.end) }
                }
            } ?? []
        var copy = edited([])
        copy.withUnsafeMutableBytes { bytes in
            for offset in ranges.joined() where bytes[offset] > 0x20 { bytes[offset] = UInt8(ascii: "*") }
        }
        return ProfileFile(sections: sections, text: copy, path: path, kind: kind)
    }
}

extension FileBytes {
    /// Whether a value has capital letters and digits alone, and is on one line.
    fileprivate func looksLikeIdentifier(_ property: Property) -> Bool {
        let pieces = pieces(of: property)
        return pieces.count <= 1
            && pieces.joined().allSatisfy { offset in
                let byte = self[offset]
                return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    fileprivate func removingKey(from section: Section, inCredentials: Bool) -> [Edit] {
        let wanted = [PropertyName("aws_access_key_id"), PropertyName("aws_secret_access_key")]
        var properties: [Property] = []
        read(section, inCredentials: inCredentials, into: &properties)
        let lines = properties.filter { property in !property.isOwn && wanted.contains { isNamed(property, $0) } }
            .map { lineStart(Int($0.nameStart))..<nextLine(Int($0.nameStart)) }
        guard let last = lines.last else { return [] }
        let isEmptied =
            inCredentials && lines.count == properties.count && !hasComment(section, before: last.lowerBound)
        let ranges = isEmptied ? [headerStart(section)..<contentStart(last.upperBound, Int(section.bodyEnd))] : lines
        return ranges.map { Edit(offset: $0.lowerBound, removed: $0.count, inserted: "") }
    }

    /// Whether a comment stands beside the section's header, or below it and before `end`.
    private func hasComment(_ section: Section, before end: Int) -> Bool {
        var position = Int(section.nameEnd)
        while position < end {
            let lineEnd = contentEnd(from: position, lineFeed: lineFeed(from: position))
            let first =
                position == Int(section.nameEnd) ? commentMark(position, lineEnd) : skipBlanks(position, lineEnd)
            if first < lineEnd, isCommentMark(self[first]) { return true }
            position = nextLine(position)
        }
        return false
    }

    /// The offset at which the line of its header begins, behind a byte order mark.
    func headerStart(_ section: Section) -> Int {
        let start = lineStart(Int(section.nameStart))
        let isMarked = start == 0 && count >= 3 && (self[0], self[1], self[2]) == (0xEF, 0xBB, 0xBF)
        return isMarked ? 3 : start
    }

    /// The offset of the first line in `start..<end` that is not blank, or `end`.
    private func contentStart(_ start: Int, _ end: Int) -> Int {
        var position = start
        while position < end {
            let lineEnd = contentEnd(from: position, lineFeed: lineFeed(from: position))
            if skipBlanks(position, lineEnd) < lineEnd { return position }
            position = nextLine(position)
        }
        return end
    }
}
