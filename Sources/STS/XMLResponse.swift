import Secrets
import Text
import Times
import XML

/// The service's answer to one action.
struct XMLResponse: ~Copyable {
    private let document: Document
    private let result: Document.Element
    private let status: Int
    /// The service's time if it sent one, otherwise ours.
    private let now: UnixTime
    private let secrets: SentSecrets

    /// Parses a successful response.
    ///
    /// - Parameters:
    ///   - hasResult: the answer has a result, and not only the metadata of every answer.
    ///   - secrets: the secrets in the request, none of which may be shown.
    init(
        to action: String, _ body: borrowing SecretBytes, status: Int, now: UnixTime, hasResult: Bool = true,
        hiding secrets: consuming SentSecrets
    ) throws(STSError) {
        let document = try parse(body, status: status)
        let result = try Self.result(
            of: action, in: document, status: status, isThere: hasResult, hiding: secrets)
        self.init(document: document, result: result, status: status, now: now, secrets: secrets)
    }

    private init(
        document: consuming Document, result: Document.Element, status: Int, now: UnixTime,
        secrets: consuming SentSecrets
    ) {
        self.document = document
        self.result = result
        self.status = status
        self.now = now
        self.secrets = secrets
    }

    private static func result(
        of action: String, in document: borrowing Document, status: Int, isThere: Bool,
        hiding secrets: borrowing SentSecrets
    ) throws(STSError) -> Document.Element {
        guard document.root.name.isSame(as: action + "Response") else {
            throw .invalidResponse(.unexpectedElement(shownName(of: document.root, hiding: secrets)), status: status)
        }
        guard isThere else { return document.root }
        guard let result = document.element(action + "Result") else {
            throw .invalidResponse(.missing(action + "Result"), status: status)
        }
        return result
    }

    /// The credentials in the answer.
    borrowing func credentials() throws(STSError) -> Credentials {
        guard let element = document.element("Credentials", under: result) else { throw missing("Credentials") }
        let keyID = try keyID(under: element)
        guard let end = UnixTime(iso8601: try word("Expiration", under: element)) else {
            throw missing("Expiration")
        }
        guard end > now else { throw .invalidResponse(.expired, status: status) }
        return Credentials(
            accessKeyID: keyID, secret: try secret("SecretAccessKey", under: element),
            sessionToken: try secret("SessionToken", under: element), expiration: end.seconds, accountID: accountID)
    }

    borrowing func callerIdentity() throws(STSError) -> CallerIdentity {
        let account = try string("Account", under: result)
        guard isAccount(account) else { throw missing("Account") }
        return CallerIdentity(
            account: account, arn: try string("Arn", under: result), userID: try string("UserId", under: result))
    }

    borrowing func mfaDevices() throws(STSError) -> [RegisteredMFADevice] {
        guard let list = document.element("MFADevices", under: result) else { throw missing("MFADevices") }
        var devices: [RegisteredMFADevice] = []
        for member in document.children(of: list) {
            let serialNumber = try string("SerialNumber", under: member)
            devices.append(
                RegisteredMFADevice(serialNumber: serialNumber, userName: try string("UserName", under: member)))
        }
        return devices
    }

    borrowing func userARN() throws(STSError) -> String {
        guard let user = document.element("User", under: result) else { throw missing("User") }
        return try string("Arn", under: user)
    }

    borrowing func accessKeys() throws(STSError) -> RegisteredKeys {
        guard let list = document.element("AccessKeyMetadata", under: result) else {
            throw missing("AccessKeyMetadata")
        }
        var keys: [RegisteredKey] = []
        for member in document.children(of: list) {
            keys.append(
                RegisteredKey(
                    accessKeyID: try keyID(under: member), isActive: try string("Status", under: member) == "Active",
                    createdAt: try time("CreateDate", under: member)))
        }
        let isCut = document.element("IsTruncated", under: result).map { trimmed(document.string($0)) } == "true"
        return RegisteredKeys(
            keys: keys, now: now.seconds, marker: isCut ? try string("Marker", under: result) : nil)
    }

    borrowing func createdKey() throws(STSError) -> CreatedKey {
        guard let element = document.element("AccessKey", under: result) else { throw missing("AccessKey") }
        let credentials = Credentials(
            accessKeyID: try keyID(under: element), secret: try secret("SecretAccessKey", under: element),
            sessionToken: nil, expiration: nil, accountID: nil)
        // IAM may leave the date out (IAM API Reference, AccessKey).
        let createdAt = document.element("CreateDate", under: element)
            .flatMap { UnixTime(iso8601: trimmed(document.string($0))) }
        return CreatedKey(credentials: credentials, createdAt: (createdAt ?? now).seconds)
    }

    borrowing func lastUse() throws(STSError) -> LastUse? {
        guard let use = document.element("AccessKeyLastUsed", under: result) else { throw missing("AccessKeyLastUsed") }
        guard document.element("LastUsedDate", under: use) != nil else { return nil }
        // A key that was never used has no date, and `N/A` in the other two.
        let time = try time("LastUsedDate", under: use)
        return LastUse(
            time: time, service: try? string("ServiceName", under: use), region: try? string("Region", under: use))
    }

    private borrowing func time(_ name: String, under parent: Document.Element) throws(STSError) -> Int64 {
        guard let time = UnixTime(iso8601: try word(name, under: parent)) else { throw missing(name) }
        return time.seconds
    }

    /// `[\w]{16,128}` (IAM and STS API Reference, AccessKeyId).
    private borrowing func keyID(under parent: Document.Element) throws(STSError) -> String {
        let keyID = try word("AccessKeyId", under: parent)
        guard (16...128).contains(keyID.utf8.count), keyID.utf8.allSatisfy(isWordByte) else {
            throw missing("AccessKeyId")
        }
        return keyID
    }

    /// The account of the role, from the ARN of its session.
    private var accountID: String? {
        guard let arn = document.element("AssumedRoleUser", "Arn", under: result) else { return nil }
        let fields = document.string(arn).utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        return fields.count > 5 && isAccount(String(fields[4])) ? String(fields[4]) : nil
    }

    /// Text that may be shown.
    private borrowing func string(_ name: String, under parent: Document.Element) throws(STSError) -> String {
        guard let element = document.element(name, under: parent),
            let text = secrets.shown(document.secret(element)).map(trimmed), !text.isEmpty
        else { throw missing(name) }
        return printable(text, limit: 2048)
    }

    /// Text in a form that the caller checks.
    private borrowing func word(_ name: String, under parent: Document.Element) throws(STSError) -> String {
        guard let element = document.element(name, under: parent) else { throw missing(name) }
        return trimmed(document.string(element))
    }

    /// A secret, without line breaks and indentation inside the element.
    private borrowing func secret(_ name: String, under parent: Document.Element) throws(STSError) -> SecretBytes {
        guard let element = document.element(name, under: parent) else { throw missing(name) }
        let written = document.secret(element)
        var secret = SecretBytes(capacity: written.count)
        for index in 0..<written.count where !isSpace(written[index]) {
            guard (33...126).contains(written[index]) else { throw missing(name) }
            secret.append(written[index])
        }
        guard !secret.isEmpty else { throw missing(name) }
        return secret
    }

    private func missing(_ name: String) -> STSError { .invalidResponse(.missing(name), status: status) }
}

/// Parses a body; the error says what a body is that is not XML.
func parse(_ body: borrowing SecretBytes, status: Int) throws(STSError) -> Document {
    let start = (0..<body.count).first { !isSpace(body[$0]) } ?? body.count
    let opening = String(decoding: (start..<min(start + 14, body.count)).map { body[$0] }, as: UTF8.self).lowercased()
    if opening.begins(with: "{") || opening.begins(with: "[") { throw .invalidResponse(.json, status: status) }
    if opening.begins(with: "<html") || opening.begins(with: "<!doctype html") {
        throw .invalidResponse(.html, status: status)
    }
    do throws(XMLError) {
        return try Document(parsing: body)
    } catch .empty {
        throw .invalidResponse(.empty, status: status)
    } catch {
        throw .invalidResponse(.xml(error), status: status)
    }
}

/// An element's name in a form that may be shown.
func shownName(of element: Document.Element, hiding secrets: borrowing SentSecrets) -> String {
    secrets.shown(element.name).map { printable($0, limit: 100) } ?? SentSecrets.placeholder
}

func trimmed(_ text: String) -> String {
    let bytes = text.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    return String(decoding: Array(bytes), as: UTF8.self)
}

func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

func isAccount(_ text: String) -> Bool { text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) } }

private func isWordByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
}
