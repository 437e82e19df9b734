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
    /// - Parameter secrets: the secrets in the request, none of which may be shown.
    init(
        to action: String, _ body: borrowing SecretBytes, status: Int, now: UnixTime,
        hiding secrets: consuming SentSecrets
    ) throws(STSError) {
        let document = try parse(body, status: status)
        let result = try Self.result(of: action, in: document, status: status, hiding: secrets)
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
        of action: String, in document: borrowing Document, status: Int, hiding secrets: borrowing SentSecrets
    ) throws(STSError) -> Document.Element {
        guard document.root.name.isSame(as: action + "Response") else {
            throw .invalidResponse(.unexpectedElement(shownName(of: document.root, hiding: secrets)), status: status)
        }
        guard let result = document.element(action + "Result") else {
            throw .invalidResponse(.missing(action + "Result"), status: status)
        }
        return result
    }

    /// The credentials in the answer.
    borrowing func credentials() throws(STSError) -> Credentials {
        guard let element = document.element("Credentials", under: result) else { throw missing("Credentials") }
        let keyID = try word("AccessKeyId", under: element)
        guard (16...128).contains(keyID.utf8.count), keyID.utf8.allSatisfy(isWordByte) else {
            throw missing("AccessKeyId")
        }
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
