import Crypto
import Fields
import Linux
import Secrets

/// Why a renewal failed, noted for the processes that want the same session: they would only fail the same way, one
/// after another.
public struct SharedFailure: Equatable, Sendable {
    /// Whom it answers.
    public enum Audience: UInt64, Sendable {
        /// Who waited while it came about, and asks for the same in the same way: what AWS or the network say to them.
        case alike = 0
        /// Those, and who comes a moment later.
        case alikeAndLater = 1
        /// Whoever waited while it came about: a person has declined, and is not asked by each.
        case waiting = 2
        /// Those, and who comes a moment later and would ask in the same places: nobody has answered there.
        case waitingAndLater = 3

        var isForLatecomers: Bool { self == .alikeAndLater || self == .waitingAndLater }
    }

    /// The exit code.
    public let code: UInt64
    /// What happened.
    public let message: String
    /// What to do about it.
    public let hint: String
    /// When, on the clock of `Deadline`.
    public let moment: Deadline
    /// Whom it answers.
    public let audience: Audience
    /// By what others are told to be alike; see `SessionCache.digest`.
    public let circumstances: [UInt8]

    /// Puts the parts together.
    public init(
        code: UInt64, message: String, hint: String, moment: Deadline, audience: Audience, circumstances: [UInt8]
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.moment = moment
        self.audience = audience
        self.circumstances = circumstances
    }

    /// Milliseconds for which it answers those who have waited since before it: as long as a crowd takes to hear of it. A
    /// process that was stopped before it could tell, or that held the lock meanwhile, tells of what is long past.
    static let memory: Int64 = 10_000

    /// Whether it answers a process.
    ///
    /// - Parameters:
    ///   - start: when the process began to wait for the session's lock.
    ///   - lateness: how long after it, in milliseconds, the process may have come; 0 for one that must have waited.
    ///   - now: the present.
    ///   - circumstances: those of the process, which are only looked for where they matter.
    public func answers(
        waitingSince start: Deadline, lateness: Int64, now: Deadline, circumstances: (Audience) -> [UInt8]
    ) -> Bool {
        guard moment <= now, now.milliseconds - moment.milliseconds <= Self.memory else { return false }
        if moment >= start, audience == .waiting || audience == .waitingAndLater { return true }
        let isInTime =
            moment >= start || audience.isForLatecomers && start.milliseconds - moment.milliseconds <= lateness
        return isInTime && !self.circumstances.isEmpty && circumstances(audience) == self.circumstances
    }
}

private enum Tag {
    static let code: UInt8 = 1
    static let message: UInt8 = 2
    static let hint: UInt8 = 3
    static let moment: UInt8 = 4
    static let boot: UInt8 = 5
    static let audience: UInt8 = 6
    static let circumstances: UInt8 = 7
}

extension SessionCache {
    /// The failure that was last noted for `name`; nil where there is none of this boot.
    ///
    /// - Parameter boot: what tells this boot from others, since a moment counts from the machine's start.
    public borrowing func failure(_ name: String, boot: String) throws(SessionCacheError) -> SharedFailure? {
        guard let text = try read(noteName(name)) else { return nil }
        return try? Self.failure(decoding: text, boot: boot)
    }

    static func failure(
        decoding text: borrowing SecretBytes, boot: String
    ) throws(FieldsError) -> SharedFailure? {
        try text.withUnsafeBytes { (bytes) throws(FieldsError) -> SharedFailure? in
            let fields = FieldReader(bytes)
            guard try fields.text(Tag.boot) == boot,
                let audience = SharedFailure.Audience(rawValue: try fields.uint64(Tag.audience)),
                let circumstances = try fields.value(Tag.circumstances)
            else { return nil }
            return SharedFailure(
                code: try fields.uint64(Tag.code), message: try fields.text(Tag.message),
                hint: try fields.text(Tag.hint),
                moment: Deadline(milliseconds: Int64(clamping: try fields.uint64(Tag.moment))),
                audience: audience, circumstances: Array(circumstances))
        }
    }

    /// Notes a failure for the others. The caller holds the entry's lock.
    public borrowing func note(
        _ failure: SharedFailure, _ name: String, boot: String, random: RandomSource
    ) throws(SessionCacheError) {
        var text = SecretBytes(capacity: 1024)
        text.appendField(Tag.code, failure.code)
        text.appendField(Tag.moment, UInt64(max(0, failure.moment.milliseconds)))
        text.appendField(Tag.audience, failure.audience.rawValue)
        do throws(FieldsError) {
            try text.appendField(Tag.boot, boot)
            try text.appendField(Tag.message, failure.message)
            try text.appendField(Tag.hint, failure.hint)
            try failure.circumstances.withBytes { (bytes) throws(FieldsError) in
                try text.appendField(Tag.circumstances, bytes)
            }
        } catch { throw .crypto(.refused("failure fields")) }
        try write(text, noteName(name), modified: nil, random: random, handsOver: true)
    }

    /// Stands for the circumstances of a request, or of a question, which may be secret: their HMAC. None where libcrypto
    /// fails, which is like nobody's.
    public borrowing func digest(_ circumstances: borrowing SecretBytes) -> [UInt8] {
        var message = SecretBytes(capacity: 8192)
        message.append("warder circumstances v1 ")
        message.append(circumstances)
        return (try? message.withUnsafeBytes { (bytes) throws(CryptoError) in try authenticate(bytes) }) ?? []
    }

    /// Takes away what was noted for `name`.
    borrowing func forgetFailure(_ name: String) {
        try? removeFile(folder + "/" + noteName(name))
        KeyringFallback.remove(noteName(name))
    }

    /// The note's file goes with the session's: same digits, and an ending.
    private func noteName(_ name: String) -> String { name + SessionFolder.noteEnding }
}
