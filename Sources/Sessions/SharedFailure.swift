import Crypto
import Fields
import Linux
import Secrets

/// Why a renewal failed, noted for the other processes that want the same session: each would only fail the same way,
/// one after another.
public struct SharedFailure: Equatable, Sendable {
    /// Which processes it answers.
    public enum Audience: UInt64, Sendable {
        /// Processes that were waiting when it happened and make the same request: AWS or the network would fail them
        /// too.
        case alike = 0
        /// Those, and processes that come a moment later.
        case alikeAndLater = 1
        /// Processes that were waiting when it happened: the user declined, and must not be asked by each of them.
        case waiting = 2
        /// Those, and processes that come a moment later and would ask on the same channels: the user did not answer
        /// there.
        case waitingAndLater = 3

        var isForLatecomers: Bool { self == .alikeAndLater || self == .waitingAndLater }
    }

    /// The exit code.
    public let code: UInt64
    /// What happened.
    public let message: String
    /// What to do about it.
    public let hint: String
    /// When it happened, on the clock of `Deadline`.
    public let moment: Deadline
    /// Which processes it answers.
    public let audience: Audience
    /// Identifies the circumstances that processes must share; see `SessionCache.digest`.
    public let circumstances: [UInt8]

    /// A failure as noted for other processes.
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

    /// How long it answers processes that were already waiting when it happened, in milliseconds: as long as a crowd
    /// takes to read it. A process that was stopped before it could write the note, or while it held the lock, notes a
    /// failure that is long past.
    static let memory: Int64 = 10_000

    /// Whether it answers a process.
    ///
    /// - Parameters:
    ///   - start: when the process began to wait for the session's lock.
    ///   - lateness: how many milliseconds after the failure the process may have come; 0 if it must have been waiting.
    ///   - now: the present.
    ///   - circumstances: returns the process's own; called only if they matter.
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
    /// The last failure noted for `name`; nil if there is none from this boot.
    ///
    /// - Parameter boot: identifies this boot, since a moment counts from boot.
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

    /// Notes a failure for other processes. The caller holds the entry's lock.
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

    /// Stands for the circumstances of a request or a question, which may be secret: their HMAC. If libcrypto fails it
    /// is empty, which matches no other.
    public borrowing func digest(_ circumstances: borrowing SecretBytes) -> [UInt8] {
        var message = SecretBytes(capacity: 8192)
        message.append("warder circumstances v1 ")
        message.append(circumstances)
        return (try? message.withUnsafeBytes { (bytes) throws(CryptoError) in try authenticate(bytes) }) ?? []
    }

    /// Removes the note for `name`.
    borrowing func forgetFailure(_ name: String) {
        try? removeFile(folder + "/" + noteName(name))
        KeyringFallback.remove(noteName(name))
    }

    /// The note's file name starts with the session's digits, so both are removed together.
    private func noteName(_ name: String) -> String { name + SessionFolder.noteEnding }
}
