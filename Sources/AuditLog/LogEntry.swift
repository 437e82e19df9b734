import JSON
import Secrets
import Text
import Times

/// A line of the log, as it is shown.
package struct LogEntry: Sendable, Equatable {
    /// The line as it is in the file, without its line end.
    package let line: String
    /// Seconds since 1970.
    package let time: Int64
    /// The event's word; `opened` for the first line of a file.
    package let event: String
    package var profile: String?
    package var role: String?
    package var key: String?
    package var origin: String?
    package var by: String?
    package var reason: String?
    package var process: Int64?
    package var program: String?
    package var folder: String?

    /// Reads a line without its line end, whose seal is not looked at; nil if it is none.
    package init?(_ line: some Sequence<UInt8>) {
        let bytes = Array(line)
        guard bytes.count < LineText.limit, bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
        var text = SecretBytes(capacity: bytes.count)
        bytes.withUnsafeBytes { text.append($0) }
        do throws(JSONError) {
            let object = try JSONObject(text)
            guard let time = try object.text("time").flatMap({ UnixTime(iso8601: $0) }),
                let event = try object.text("event")
            else { return nil }
            (self.line, self.time, self.event) = (String(decoding: bytes, as: UTF8.self), time.seconds, event)
            profile = try object.text("profile")
            role = try object.text("role")
            key = try object.text("key")
            origin = try object.text("from")
            by = try object.text("by")
            reason = try object.text("reason")
            switch try object.object("caller") {
            case .some(let caller):
                process = try caller.integer("pid")
                program = try caller.text("program")
                folder = try caller.text("folder")
            case .none: break
            }
        } catch { return nil }
    }
}

/// Which lines are wanted.
package struct LogFilter: Sendable {
    /// Those of this profile; nil for all.
    package var profile: String?
    /// Those of this program; nil for all.
    package var program: String?
    /// Those from this moment on, in seconds since 1970.
    package var since: Int64?

    /// A filter by what is not nil.
    package init(profile: String? = nil, program: String? = nil, since: Int64? = nil) {
        (self.profile, self.program, self.since) = (profile, program, since)
    }

    /// All lines are wanted.
    package var isEmpty: Bool { profile == nil && program == nil && since == nil }

    /// Whether the entry is wanted.
    package func accepts(_ entry: LogEntry) -> Bool {
        if let profile, entry.profile?.isSame(as: profile) != true { return false }
        if let program, entry.program?.isSame(as: program) != true { return false }
        if let since, entry.time < since { return false }
        return true
    }
}
