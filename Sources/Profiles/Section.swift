/// The position of one section of a file, as recorded by a scan. Offsets are in bytes from the start of the file.
struct Section: Sendable {
    /// The kind of a section, by its header.
    enum Kind: UInt8, Sendable {
        /// `[profile NAME]` in a config file, `[NAME]` in a credentials file.
        case profile
        /// `[default]` in a config file; a `[profile default]` anywhere in the file replaces it.
        case bareDefault
        /// `[sso-session NAME]`, in a config file.
        case ssoSession
        /// `[services NAME]`, in a config file.
        case services
        /// Any other section, which is ignored.
        case other
    }

    let kind: Kind
    let line: UInt32
    let nameStart: UInt32
    let nameEnd: UInt32
    let bodyStart: UInt32
    var bodyEnd: UInt32
}

extension Section {
    /// Parses the text between the brackets, `start..<end`. Names are not checked here, but when they are looked up.
    init(header text: FileBytes, _ start: Int, _ end: Int, in file: ProfileFile.Kind, line: Int, bodyStart: Int) {
        let first = text.skipBlanks(start, end)
        let last = text.trimBlanks(first, end)
        var kind = Kind.other
        var skipped = 0
        switch file {
        case .credentials: kind = .profile
        case .config:
            if text.begins(with: "profile", first, last) {
                (kind, skipped) = (.profile, 7)
            } else if text.begins(with: "sso-session", first, last) {
                (kind, skipped) = (.ssoSession, 11)
            } else if text.begins(with: "services", first, last) {
                (kind, skipped) = (.services, 8)
            } else if last - first == 7, text.isDefault(first) {
                kind = .bareDefault
            }
        }
        self.kind = kind
        self.line = UInt32(truncatingIfNeeded: line)
        nameStart = UInt32(truncatingIfNeeded: text.skipBlanks(first + skipped, last))
        nameEnd = UInt32(truncatingIfNeeded: last)
        self.bodyStart = UInt32(truncatingIfNeeded: bodyStart)
        bodyEnd = self.bodyStart
    }
}

extension FileBytes {
    /// Whether `default` is at `start`; seven bytes must be readable there.
    fileprivate func isDefault(_ start: Int) -> Bool {
        let word: StaticString = "default"
        return holds(
            UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount), at: start, to: start + 7)
    }
}
