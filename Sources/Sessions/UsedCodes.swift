import Crypto
import Fields
import Linux
import Secrets

/// A one-time code that was used, as it is remembered: its HMAC under the session-cache key.
struct UsedCode {
    /// How long a code is remembered, in seconds: longer than AWS could take it.
    static let memory: Int64 = 180
    /// How many are remembered of one device.
    static let most = 16

    let tag: [UInt8]
    /// In seconds since 1970.
    let moment: Int64

    /// It was used not long ago; nor in a future that only a clock put back can have made.
    func isRemembered(at now: Int64) -> Bool {
        let (age, overflows) = now.subtractingReportingOverflow(moment)
        return !overflows && age.magnitude <= Self.memory.magnitude
    }
}

private enum Tag {
    static let code: UInt8 = 1
    static let hmac: UInt8 = 1
    static let moment: UInt8 = 2
}

extension SessionCache {
    /// When `code` of `device` was used, in seconds since 1970; nil where it was not in the last three minutes, as far
    /// as is known: a file that is damaged or foreign remembers nothing.
    ///
    /// - Parameters:
    ///   - device: the MFA device's ARN or serial number.
    ///   - now: seconds since 1970.
    public borrowing func wasUsed(
        _ code: borrowing SecretBytes, device: String, now: Int64
    ) throws(SessionCacheError) -> Int64? {
        let tag = try tag(code, device)
        return try usedCodes(codesName(device), now).last { $0.tag == tag }?.moment
    }

    /// Notes that `code` of `device` is about to be used; on the disk when it returns. The caller holds
    /// `lockCodes(device:until:)`.
    public borrowing func noteUsed(
        _ code: borrowing SecretBytes, device: String, now: Int64, random: RandomSource
    ) throws(SessionCacheError) {
        let name = try codesName(device)
        let used = UsedCode(tag: try tag(code, device), moment: max(0, now))
        let codes = try usedCodes(name, now).filter { $0.tag != used.tag }.suffix(UsedCode.most - 1) + [used]
        try write(Array(codes), name, now, random)
    }

    /// Takes the note back that `code` of `device` was used, since it reached nobody. The caller holds
    /// `lockCodes(device:until:)` since before the note; killed before this, it is as good as used.
    public borrowing func takeBack(
        _ code: borrowing SecretBytes, device: String, now: Int64, random: RandomSource
    ) throws(SessionCacheError) {
        let name = try codesName(device)
        let unused = try tag(code, device)
        let codes = try usedCodes(name, now)
        guard codes.contains(where: { $0.tag == unused }) else { return }
        // What is on the disk then is all that is known; where that takes nothing, it is handed over again.
        KeyringFallback.remove(name)
        try write(codes.filter { $0.tag != unused }, name, now, random)
    }

    private borrowing func write(
        _ codes: [UsedCode], _ name: String, _ now: Int64, _ random: RandomSource
    ) throws(SessionCacheError) {
        var text = SecretBytes(capacity: 1024)
        do throws(FieldsError) {
            for code in codes {
                var fields = SecretBytes(capacity: 64)
                try code.tag.withBytes { (tag) throws(FieldsError) in try fields.appendField(Tag.hmac, tag) }
                fields.appendField(Tag.moment, UInt64(code.moment))
                try text.appendField(Tag.code, fields)
            }
        } catch { throw .crypto(.refused("used code fields")) }
        let end = max(0, now).addingReportingOverflow(UsedCode.memory).partialValue
        try write(text, name, modified: end, durability: .durable, random: random, handsOver: true)
    }

    /// Takes the lock under which a code of `device` is chosen, noted and sent.
    public borrowing func lockCodes(device: String, until deadline: Deadline) throws(SessionCacheError)
        -> BestEffortLock
    {
        try lock(codesName(device), until: deadline)
    }

    /// The file's name: digits as those of a session, and an ending, so that nobody takes it for one.
    private borrowing func codesName(_ device: String) throws(SessionCacheError) -> String {
        try name(of: Array("used codes v1 ".utf8) + Array(device.utf8)) + ".codes"
    }

    private borrowing func tag(_ code: borrowing SecretBytes, _ device: String) throws(SessionCacheError) -> [UInt8] {
        var message = SecretBytes(capacity: 512)
        message.append("warder used code v1 \(device.utf8.count) \(device) ")
        message.append(code)
        do throws(CryptoError) {
            return try message.withUnsafeBytes { (message) throws(CryptoError) in try authenticate(message) }
        } catch { throw .crypto(error) }
    }

    private borrowing func usedCodes(_ name: String, _ now: Int64) throws(SessionCacheError) -> [UsedCode] {
        var codes: [UsedCode] = []
        switch try read(name) {
        case .some(let text): codes = Self.codes(text)
        case .none: break
        }
        // A disk that takes nothing may still hold what was noted before.
        if let file = KeyringFallback.get(name), let text = try open(file, name) { codes += Self.codes(text) }
        return codes.filter { $0.isRemembered(at: now) }
    }

    /// None of a text that is damaged.
    static func codes(_ text: borrowing SecretBytes) -> [UsedCode] {
        let codes = try? text.withUnsafeBytes { (bytes) throws(FieldsError) -> [UsedCode] in
            var codes: [UsedCode] = []
            var reader = FieldReader(bytes)
            while let field = try reader.next() {
                guard field.tag == Tag.code else { continue }
                let fields = FieldReader(field.value)
                guard let tag = try fields.value(Tag.hmac) else { throw .missing(tag: Tag.hmac) }
                let moment = Int64(clamping: try fields.uint64(Tag.moment))
                codes.append(UsedCode(tag: Array(tag), moment: moment))
            }
            return codes
        }
        return codes ?? []
    }
}
