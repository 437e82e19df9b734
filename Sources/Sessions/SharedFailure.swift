import Crypto
import Fields
import Linux
import Secrets

/// Why a renewal failed, noted for the processes that waited for it: they would only fail the same way, one after
/// another.
public struct SharedFailure: Equatable, Sendable {
    /// The exit code.
    public let code: UInt64
    /// What happened.
    public let message: String
    /// What to do about it.
    public let hint: String
    /// When, on the clock of `Deadline`.
    public let moment: Deadline

    /// Puts the parts together.
    public init(code: UInt64, message: String, hint: String, moment: Deadline) {
        self.code = code
        self.message = message
        self.hint = hint
        self.moment = moment
    }
}

private enum Tag {
    static let code: UInt8 = 1
    static let message: UInt8 = 2
    static let hint: UInt8 = 3
    static let moment: UInt8 = 4
}

extension SessionCache {
    /// The failure noted for `name` at `start` or later: it happened while the caller waited; nil where there is none.
    public borrowing func failure(_ name: String, since start: Deadline) throws(SessionCacheError) -> SharedFailure? {
        guard let text = try read(noteName(name)) else { return nil }
        let failure = try? text.withUnsafeBytes { (bytes) throws(FieldsError) -> SharedFailure in
            let fields = FieldReader(bytes)
            return SharedFailure(
                code: try fields.uint64(Tag.code), message: try fields.text(Tag.message),
                hint: try fields.text(Tag.hint),
                moment: Deadline(milliseconds: Int64(clamping: try fields.uint64(Tag.moment))))
        }
        guard let failure, failure.moment >= start, failure.moment <= .now else { return nil }
        return failure
    }

    /// Notes a failure for those who wait. The caller holds the entry's lock.
    public borrowing func note(
        _ failure: SharedFailure, _ name: String, random: RandomSource
    ) throws(SessionCacheError) {
        var text = SecretBytes(capacity: 1024)
        text.appendField(Tag.code, failure.code)
        text.appendField(Tag.moment, UInt64(max(0, failure.moment.milliseconds)))
        do throws(FieldsError) {
            try text.appendField(Tag.message, failure.message)
            try text.appendField(Tag.hint, failure.hint)
        } catch { throw .crypto(.refused("failure fields")) }
        try write(text, noteName(name), modified: nil, random: random)
    }

    /// The note's file goes with the session's: same digits, and an ending.
    private func noteName(_ name: String) -> String { name + ".failed" }
}
