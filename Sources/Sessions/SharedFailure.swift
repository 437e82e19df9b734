import Crypto
import Fields
import Linux
import Secrets

/// Why a renewal failed, noted for the processes that want the same session: they would only fail the same way, one
/// after another.
public struct SharedFailure: Equatable, Sendable {
    /// The exit code.
    public let code: UInt64
    /// What happened.
    public let message: String
    /// What to do about it.
    public let hint: String
    /// When, on the clock of `Deadline`.
    public let moment: Deadline
    /// It answers those too who come a moment later, not only those who waited.
    public let isForLatecomers: Bool

    /// Puts the parts together.
    public init(code: UInt64, message: String, hint: String, moment: Deadline, isForLatecomers: Bool) {
        self.code = code
        self.message = message
        self.hint = hint
        self.moment = moment
        self.isForLatecomers = isForLatecomers
    }

    /// Whether it answers a process.
    ///
    /// - Parameters:
    ///   - start: when the process began to wait for the session's lock.
    ///   - lateness: how long after it, in milliseconds, the process may have come; 0 for one that must have waited.
    ///   - now: the present.
    public func answers(waitingSince start: Deadline, lateness: Int64, now: Deadline) -> Bool {
        guard moment <= now else { return false }
        return moment >= start || (isForLatecomers && start.milliseconds - moment.milliseconds <= lateness)
    }
}

private enum Tag {
    static let code: UInt8 = 1
    static let message: UInt8 = 2
    static let hint: UInt8 = 3
    static let moment: UInt8 = 4
    static let boot: UInt8 = 5
    static let latecomers: UInt8 = 6
}

extension SessionCache {
    /// The failure that was last noted for `name`; nil where there is none of this boot.
    ///
    /// - Parameter boot: what tells this boot from others, since a moment counts from the machine's start.
    public borrowing func failure(_ name: String, boot: String) throws(SessionCacheError) -> SharedFailure? {
        guard let text = try read(noteName(name)) else { return nil }
        return try? text.withUnsafeBytes { (bytes) throws(FieldsError) -> SharedFailure? in
            let fields = FieldReader(bytes)
            guard try fields.text(Tag.boot) == boot else { return nil }
            return SharedFailure(
                code: try fields.uint64(Tag.code), message: try fields.text(Tag.message),
                hint: try fields.text(Tag.hint),
                moment: Deadline(milliseconds: Int64(clamping: try fields.uint64(Tag.moment))),
                isForLatecomers: try fields.uint64(Tag.latecomers) != 0)
        }
    }

    /// Notes a failure for the others. The caller holds the entry's lock.
    public borrowing func note(
        _ failure: SharedFailure, _ name: String, boot: String, random: RandomSource
    ) throws(SessionCacheError) {
        var text = SecretBytes(capacity: 1024)
        text.appendField(Tag.code, failure.code)
        text.appendField(Tag.moment, UInt64(max(0, failure.moment.milliseconds)))
        text.appendField(Tag.latecomers, failure.isForLatecomers ? 1 : 0)
        do throws(FieldsError) {
            try text.appendField(Tag.boot, boot)
            try text.appendField(Tag.message, failure.message)
            try text.appendField(Tag.hint, failure.hint)
        } catch { throw .crypto(.refused("failure fields")) }
        try write(text, noteName(name), modified: nil, random: random, handsOver: true)
    }

    /// Takes away what was noted for `name`.
    borrowing func forgetFailure(_ name: String) {
        try? removeFile(folder + "/" + noteName(name))
        Handover.remove(noteName(name))
    }

    /// The note's file goes with the session's: same digits, and an ending.
    private func noteName(_ name: String) -> String { name + SessionFolder.noteEnding }
}
