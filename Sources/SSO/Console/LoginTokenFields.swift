import Crypto
import Fields
import Secrets
import Times

private enum Tag {
    static let accessKeyID: UInt8 = 1
    static let secretAccessKey: UInt8 = 2
    static let sessionToken: UInt8 = 3
    static let expiration: UInt8 = 4
    static let clientID: UInt8 = 5
    static let refreshToken: UInt8 = 6
    static let key: UInt8 = 7
    static let accountID: UInt8 = 8
    static let tokenType: UInt8 = 9
    static let idToken: UInt8 = 10
    static let region: UInt8 = 11
}

extension LoginToken {
    /// Its fields, to be encrypted: 1 access key ID, 2 secret access key, 3 session token, 4 expiration in seconds since
    /// 1970, 5 client identifier, 6 refresh token, 7 the private scalar of the key, and if known 8 account, 9 token
    /// type, 10 ID token, 11 region.
    ///
    /// - Throws: `.damagedToken`.
    public borrowing func encoded() throws(SignInError) -> SecretBytes {
        do throws(FieldsError) { return try fields() } catch { throw .damagedToken(error) }
    }

    /// Parses what `encoded` returned.
    ///
    /// - Throws: `.damagedToken`, and `.crypto` if the key is not valid.
    public init(decoding text: borrowing SecretBytes) throws(SignInError) { self = try decoded(text) }

    private borrowing func fields() throws(FieldsError) -> SecretBytes {
        var text = SecretBytes(capacity: 4096)
        try text.appendField(Tag.accessKeyID, accessKeyID)
        try text.appendField(Tag.secretAccessKey, secretAccessKey)
        try text.appendField(Tag.sessionToken, sessionToken)
        text.appendField(Tag.expiration, UInt64(clamping: expiration.seconds))
        try text.appendField(Tag.clientID, clientID)
        try text.appendField(Tag.refreshToken, refreshToken)
        try text.appendField(Tag.key, key.scalarCopy())
        if let accountID { try text.appendField(Tag.accountID, accountID) }
        if let tokenType { try text.appendField(Tag.tokenType, tokenType) }
        switch idToken {
        case .some(let token): try text.appendField(Tag.idToken, token)
        case .none: break
        }
        if let region { try text.appendField(Tag.region, region) }
        return text
    }
}

private func decoded(_ text: borrowing SecretBytes) throws(SignInError) -> LoginToken {
    let key = try key(field(text) { (fields) throws(FieldsError) in try fields.secret(Tag.key) })
    return try field(text) { (fields) throws(FieldsError) in
        LoginToken(
            accessKeyID: try fields.text(Tag.accessKeyID), secretAccessKey: try fields.secret(Tag.secretAccessKey),
            sessionToken: try fields.secret(Tag.sessionToken), accountID: try fields.textIfPresent(Tag.accountID),
            expiration: UnixTime(Int64(clamping: try fields.uint64(Tag.expiration))),
            clientID: try fields.text(Tag.clientID), refreshToken: try fields.secret(Tag.refreshToken),
            key: key.copy(), tokenType: try fields.textIfPresent(Tag.tokenType),
            idToken: try fields.secretIfPresent(Tag.idToken), region: try fields.textIfPresent(Tag.region))
    }
}

private func key(_ scalar: consuming SecretBytes) throws(SignInError) -> P256Key {
    do throws(CryptoError) { return try P256Key(scalar: scalar) } catch { throw .crypto(error) }
}

private func field<R: ~Copyable>(
    _ text: borrowing SecretBytes, _ read: (FieldReader) throws(FieldsError) -> R
) throws(SignInError) -> R {
    do throws(FieldsError) {
        return try text.withUnsafeBytes { (bytes) throws(FieldsError) in try read(FieldReader(bytes)) }
    } catch { throw .damagedToken(error) }
}
