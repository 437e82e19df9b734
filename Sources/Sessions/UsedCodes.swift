import Crypto
import Fields
import Linux
import Secrets

/// A record of a used one-time code: its HMAC under the session-cache key.
struct UsedCode {
    /// How long to remember a code, in seconds: longer than AWS would accept it.
    static let memory: Int64 = 180
    /// How many codes to remember for each device.
    static let most = 16

    let tag: [UInt8]
    /// In seconds since 1970.
    let moment: Int64

    /// Whether it was used recently; a time in the future means that the clock was set back, and does not count.
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
    /// When `code` of `device` was used, in seconds since 1970; nil if it was not in the last three minutes, as far as
    /// is known: a damaged or foreign file counts as empty.
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

    /// Records that `code` of `device` is about to be used; the record is on disk when this returns. The caller holds
    /// `lockCodes(device:until:)`.
    public borrowing func noteUsed(
        _ code: borrowing SecretBytes, device: String, now: Int64, random: RandomSource
    ) throws(SessionCacheError) {
        let name = try codesName(device)
        let used = UsedCode(tag: try tag(code, device), moment: max(0, now))
        let codes = try usedCodes(name, now).filter { $0.tag != used.tag }.suffix(UsedCode.most - 1) + [used]
        try write(Array(codes), name, now, random)
    }

    /// Removes the record that `code` of `device` was used, since it was never sent. The caller has held
    /// `lockCodes(device:until:)` since before making the record; if it is killed before this, the code counts as used.
    public borrowing func takeBack(
        _ code: borrowing SecretBytes, device: String, now: Int64, random: RandomSource
    ) throws(SessionCacheError) {
        let name = try codesName(device)
        let unused = try tag(code, device)
        let codes = try usedCodes(name, now)
        guard codes.contains(where: { $0.tag == unused }) else { return }
        // From then on the disk is the only record; if it takes nothing, the keyring gets the record again.
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

    /// Acquires the lock for choosing, recording and sending a code of `device`.
    public borrowing func lockCodes(device: String, until deadline: Deadline) throws(SessionCacheError)
        -> BestEffortLock
    {
        try lock(codesName(device), until: deadline)
    }

    /// The file name: digits as in a session's, and a suffix that distinguishes it from one.
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
        // A disk that takes nothing more may still hold earlier records.
        if let file = KeyringFallback.get(name), let text = try open(file, name) { codes += Self.codes(text) }
        return codes.filter { $0.isRemembered(at: now) }
    }

    /// Empty if the text is damaged.
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
