/// Where one section of a file stands: what a scan notes of it. Offsets are in bytes from the start of the file.
struct Section: Sendable {
    /// What a section's header makes of it.
    enum Kind: UInt8, Sendable {
        /// `[profile NAME]` in a config file, `[NAME]` in a credentials file.
        case profile
        /// `[default]` in a config file; a `[profile default]` anywhere in it takes its place.
        case bareDefault
        /// `[sso-session NAME]`, in a config file.
        case ssoSession
        /// `[services NAME]`, in a config file.
        case services
        /// Anything else: read over.
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
    /// Reads what stands between the brackets, `start..<end`. Names are not checked here: what is looked for is.
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
    /// Whether `default` stands at `start`, where seven bytes must be.
    fileprivate func isDefault(_ start: Int) -> Bool {
        let word: StaticString = "default"
        return holds(
            UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount), at: start, to: start + 7)
    }
}
