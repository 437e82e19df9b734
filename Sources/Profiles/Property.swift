import Text

/// The position of one setting of a section. Offsets are in bytes from the start of the file.
struct Property: Sendable {
    /// The hash of the lowercase name without `warder_`.
    let hash: UInt32
    /// Whether the name begins with `warder_`.
    let isOwn: Bool
    /// Whether it is in the credentials file rather than the config file.
    let inCredentials: Bool
    let line: UInt32
    /// Where the name begins, after any `warder_`.
    let nameStart: UInt32
    let nameEnd: UInt32
    /// The offset after the `=`.
    let valueStart: UInt32
    /// The offset after its last continuation line.
    var end: UInt32
}

/// The name of a setting to look for: hashed once, compared with many.
struct PropertyName {
    let hash: UInt32
    let isOwn: Bool
    let name: String

    /// The setting `name`, in lowercase.
    init(_ name: String) {
        var name = name
        let isOwn = name.begins(with: "warder_") && name.utf8.count > 7
        hash = name.withUTF8 {
            hashed(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[(isOwn ? 7 : 0)...]))
        }
        self.name = name
        self.isOwn = isOwn
    }
}

extension FileBytes {
    /// Adds the settings of a scanned section.
    func read(_ section: Section, inCredentials: Bool, into properties: inout [Property]) {
        let bodyEnd = Int(section.bodyEnd)
        var position = Int(section.bodyStart)
        var line = section.line
        var indent = 0
        let present = properties.count
        while position < bodyEnd {
            let feed = lineFeed(from: position)
            let end = contentEnd(from: position, lineFeed: feed)
            line &+= 1
            let next = min(feed &+ 1, bodyEnd)
            let first = skipBlanks(position, end)
            // Never continues a setting of another section of the same name, which may be far above or in the other
            // file.
            let isFirst = properties.count == present
            if first < end, !isCommentMark(self[first]), isFirst || first &- position <= indent {
                if let property = property(first, end, next: next, line: line, inCredentials: inCredentials) {
                    properties.append(property)
                    indent = first &- position
                }
            } else if first > position, !isFirst {
                properties.extendLast(to: next)
            }
            position = next
        }
    }

    private func property(_ start: Int, _ end: Int, next: Int, line: UInt32, inCredentials: Bool) -> Property? {
        guard let equals = equalsSign(start, end) else { return nil }
        let nameEnd = trimBlanks(start, equals)
        let prefix: StaticString = "warder_"
        var isOwn = nameEnd &- start > 7
        var index = 0
        while isOwn, index < 7 {
            isOwn = lowercase(self[start &+ index]) == prefix.utf8Start[index]
            index &+= 1
        }
        let nameStart = isOwn ? start &+ 7 : start
        return Property(
            hash: hashed(UnsafeRawBufferPointer(start: base + nameStart, count: nameEnd &- nameStart)), isOwn: isOwn,
            inCredentials: inCredentials, line: line, nameStart: UInt32(truncatingIfNeeded: nameStart),
            nameEnd: UInt32(truncatingIfNeeded: nameEnd), valueStart: UInt32(truncatingIfNeeded: equals &+ 1),
            end: UInt32(truncatingIfNeeded: next))
    }

    /// The value of a property: its own line, then its continuation lines that are not blank or comments.
    func pieces(of property: Property) -> [Range<Int>] {
        let start = Int(property.valueStart)
        let feed = lineFeed(from: start)
        var pieces = [value(start, contentEnd(from: start, lineFeed: feed))]
        eachContinuation(of: property) { (start, end, _) in pieces.append(start..<trimBlanks(start, end)) }
        return pieces
    }

    /// The first line below a property that continues it; nil if none does.
    func continuation(of property: Property) -> UInt32? {
        var first: UInt32?
        eachContinuation(of: property) { (_, _, line) in first = first ?? property.line &+ line }
        return first
    }

    /// Whether a property has no value besides comments.
    func isEmpty(_ property: Property) -> Bool { pieces(of: property).allSatisfy(\.isEmpty) }

    /// The value of a property, its lines joined with line feeds; nil if it is not UTF-8 or contains a NUL byte.
    func string(of property: Property) -> String? {
        let start = Int(property.valueStart)
        let feed = lineFeed(from: start)
        if feed &+ 1 >= Int(property.end) { return string(value(start, contentEnd(from: start, lineFeed: feed))) }
        var joined = ""
        for (index, piece) in pieces(of: property).enumerated() {
            guard let line = string(piece) else { return nil }
            if index > 0 { joined += "\n" }
            joined += line
        }
        return joined
    }

    /// The value of `name` in the lines below a property, and how many lines below it is. The last one counts.
    func nested(_ name: String, of property: Property) -> (value: Range<Int>, line: UInt32)? {
        var name = name
        var found: (Range<Int>, UInt32)?
        name.withUTF8 { word in
            eachContinuation(of: property) { (start, end, line) in
                guard let equals = equalsSign(start, end) else { return }
                if matches(word, start, trimBlanks(start, equals)) { found = (value(equals + 1, end), line) }
            }
        }
        return found
    }

    private func eachContinuation(of property: Property, _ body: (_ start: Int, _ end: Int, _ line: UInt32) -> Void) {
        var position = lineFeed(from: Int(property.valueStart)) &+ 1
        var line: UInt32 = 0
        while position < Int(property.end) {
            let feed = lineFeed(from: position)
            let end = contentEnd(from: position, lineFeed: feed)
            line &+= 1
            // Comments in the first column and blank lines may interrupt a value.
            let first = skipBlanks(position, end)
            if first > position, first < end, !isCommentMark(self[first]) { body(first, end, line) }
            position = feed &+ 1
        }
    }

    /// Whether `start..<end` is `word`, given in lowercase; case is ignored.
    func matches(_ word: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end &- start == word.count else { return false }
        var index = 0
        while index < word.count {
            if lowercase(self[start &+ index]) != word[index] { return false }
            index &+= 1
        }
        return true
    }
}

extension [Property] {
    fileprivate mutating func extendLast(to offset: Int) {
        self[count &- 1].end = UInt32(truncatingIfNeeded: offset)
    }
}

/// FNV-1a of a lowercase name.
@inline(__always)
func hashed(_ name: UnsafeRawBufferPointer) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for byte in name { hash = (hash ^ UInt32(lowercase(byte))) &* 16_777_619 }
    return hash
}
