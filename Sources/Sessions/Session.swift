import Fields
import Linux
import Secrets

/// Temporary credentials and their description.
public struct Session: ~Copyable {
    /// The credentials; they have an expiration and a time of issue.
    public let credentials: Credentials
    /// What they are for.
    public let label: SessionLabel

    /// The credentials without their description.
    public consuming func intoCredentials() -> Credentials { credentials }

    /// A session of these credentials.
    public init(credentials: consuming Credentials, label: SessionLabel) {
        credentials.issued = label.issued
        credentials.clockOffset = label.clock?.seconds ?? 0
        self.init(credentials, label)
    }

    /// The same session, in terms of this machine's clock, which AWS's is ahead of by `offset` seconds now.
    consuming func by(_ offset: Int64) -> Session {
        let before = label.clock?.seconds ?? 0
        guard offset != before else { return self }
        let label = label.issued(at: label.issued + before - offset)
        var credentials = intoCredentials()
        credentials.issued = label.issued
        credentials.clockOffset = offset
        return Session(credentials, label)
    }

    /// The same session, ending at most `seconds` after it was made.
    public consuming func lasting(atMost seconds: Int64) -> Session {
        let label = label
        let end = label.issued + seconds + credentials.clockOffset
        return Session(intoCredentials().ending(by: end), label)
    }

    private init(_ credentials: consuming Credentials, _ label: SessionLabel) {
        self.credentials = credentials
        self.label = label
    }

    /// When it expires by this machine's clock, in seconds since 1970.
    public var end: Int64 { credentials.end ?? 0 }

    /// Whether it may be served at `now`, in seconds since 1970 by this machine's clock.
    public func isServed(at now: Int64, _ freshness: Freshness) -> Bool {
        end - now >= freshness.margin(ofLife: end - label.issued)
    }
}

/// What a session is for. It is not secret, but private to the user, so it is encrypted with the session.
public struct SessionLabel: Equatable, Sendable {
    /// The profile whose settings shaped it.
    public let profile: String
    /// The stored key that it was made from, if any.
    public let key: String?
    /// The role; nil for a session of the key's own user.
    public let role: String?
    /// The MFA device that authenticated it, if any.
    public let mfaDevice: String?
    /// When it was made, in seconds since 1970 by this machine's clock.
    public let issued: Int64
    /// How far that clock was from AWS's, if they differed.
    public let clock: ClockOffset?

    /// A description of a session.
    public init(
        profile: String, key: String?, role: String?, mfaDevice: String?, issued: Int64, clock: ClockOffset? = nil
    ) {
        self.profile = profile
        self.key = key
        self.role = role
        self.mfaDevice = mfaDevice
        self.issued = issued
        self.clock = clock
    }

    fileprivate func issued(at moment: Int64) -> SessionLabel {
        SessionLabel(profile: profile, key: key, role: role, mfaDevice: mfaDevice, issued: moment, clock: clock)
    }
}

/// The fields of a session file's plaintext; `docs/session-cache.md` lists them.
private enum Tag {
    static let accessKeyID: UInt8 = 1
    static let secret: UInt8 = 2
    static let sessionToken: UInt8 = 3
    static let expiration: UInt8 = 4
    static let account: UInt8 = 5
    static let issued: UInt8 = 6
    static let profile: UInt8 = 7
    static let key: UInt8 = 8
    static let role: UInt8 = 9
    static let mfaDevice: UInt8 = 10
    static let clockOffset: UInt8 = 11
    static let clockMoment: UInt8 = 12
    static let boot: UInt8 = 13
}

extension Session {
    borrowing func encoded() throws(FieldsError) -> SecretBytes {
        var text = SecretBytes(capacity: 4096)
        try text.appendField(Tag.accessKeyID, credentials.accessKeyID)
        try text.appendField(Tag.secret, credentials.secret)
        switch credentials.sessionToken {
        case .some(let token): try text.appendField(Tag.sessionToken, token)
        case .none: break
        }
        text.appendField(Tag.expiration, UInt64(max(0, credentials.expiration ?? 0)))
        if let account = credentials.accountID { try text.appendField(Tag.account, account) }
        text.appendField(Tag.issued, UInt64(max(0, label.issued)))
        try text.appendField(Tag.profile, label.profile)
        if let key = label.key { try text.appendField(Tag.key, key) }
        if let role = label.role { try text.appendField(Tag.role, role) }
        if let device = label.mfaDevice { try text.appendField(Tag.mfaDevice, device) }
        if let clock = label.clock {
            text.appendField(Tag.clockOffset, UInt64(bitPattern: clock.seconds))
            text.appendField(Tag.clockMoment, UInt64(max(0, clock.moment.milliseconds)))
            try text.appendField(Tag.boot, clock.boot)
        }
        return text
    }

    init(decoding text: borrowing SecretBytes) throws(FieldsError) {
        self = try text.withUnsafeBytes { (bytes) throws(FieldsError) in
            let fields = FieldReader(bytes)
            let credentials = Credentials(
                accessKeyID: try fields.text(Tag.accessKeyID), secret: try fields.secret(Tag.secret),
                sessionToken: try fields.secretIfPresent(Tag.sessionToken),
                expiration: time(Int64(clamping: try fields.uint64(Tag.expiration))),
                accountID: try fields.textIfPresent(Tag.account))
            let label = SessionLabel(
                profile: try fields.text(Tag.profile), key: try fields.textIfPresent(Tag.key),
                role: try fields.textIfPresent(Tag.role), mfaDevice: try fields.textIfPresent(Tag.mfaDevice),
                issued: time(Int64(clamping: try fields.uint64(Tag.issued))), clock: try Self.clock(fields))
            return Session(credentials: credentials, label: label)
        }
    }

    private static func clock(_ fields: FieldReader) throws(FieldsError) -> ClockOffset? {
        guard let offset = try fields.uint64IfPresent(Tag.clockOffset) else { return nil }
        return ClockOffset(
            seconds: time(Int64(bitPattern: offset)),
            moment: Deadline(milliseconds: time(Int64(clamping: try fields.uint64(Tag.clockMoment)))),
            boot: try fields.text(Tag.boot))
    }
}

/// A stored time, clamped to 2^53 (285 million years in seconds), so that adding up a few of them cannot overflow.
private func time(_ stored: Int64) -> Int64 { min(max(stored, -(1 << 53)), 1 << 53) }
