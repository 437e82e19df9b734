import JSON
import Secrets
import Transport

/// An answer in JSON.
struct Answer: ~Copyable {
    private let object: JSONObject
    private let status: Int

    /// Reads the body of a response.
    init(_ response: borrowing HTTPResponse) throws(SSOError) {
        object = try parse(response.body, status: response.status)
        status = response.status
    }

    private init(object: consuming JSONObject, status: Int) {
        self.object = object
        self.status = status
    }

    /// The object inside this one.
    func inner(_ name: String) throws(SSOError) -> Answer {
        let found: JSONObject?
        do throws(JSONError) { found = try object.object(name) } catch { throw missing(name) }
        guard let found else { throw missing(name) }
        return Answer(object: found, status: status)
    }

    /// A token, or another secret that goes into a header: printable ASCII without spaces, not empty.
    func secret(_ name: String) throws(SSOError) -> SecretBytes {
        guard let secret = try secretIfPresent(name) else { throw missing(name) }
        return secret
    }

    /// The same; nil where there is none.
    func secretIfPresent(_ name: String) throws(SSOError) -> SecretBytes? {
        guard let secret = try read(name) else { return nil }
        guard !secret.isEmpty, isVisible(secret) else { throw missing(name) }
        return secret
    }

    /// Text that is no secret: printable ASCII without spaces, not empty.
    func word(_ name: String) throws(SSOError) -> String {
        let word = try secret(name)
        return word.text(0..<word.count)
    }

    /// The same; nil where there is none.
    func wordIfPresent(_ name: String) throws(SSOError) -> String? {
        guard let word = try secretIfPresent(name) else { return nil }
        return word.text(0..<word.count)
    }

    /// A number above 0.
    func number(_ name: String) throws(SSOError) -> Int64 {
        guard let number = try numberIfPresent(name) else { throw missing(name) }
        return number
    }

    /// The same; nil where there is none.
    func numberIfPresent(_ name: String) throws(SSOError) -> Int64? {
        let number: Int64?
        do throws(JSONError) { number = try object.integer(name) } catch { throw missing(name) }
        if let number, number <= 0 { throw missing(name) }
        return number
    }

    func missing(_ name: String) -> SSOError { .missing(name, status: status) }

    private func read(_ name: String) throws(SSOError) -> SecretBytes? {
        do throws(JSONError) { return try object.secret(name) } catch { throw missing(name) }
    }

    /// What was said as a request was refused.
    ///
    /// - Parameter repeatsSecret: whether text holds anything that was sent in secret.
    func refusal(repeatsSecret: (String) -> Bool) -> Refusal {
        let type = text("__type").map {
            $0.utf8.split(separator: UInt8(ascii: "#")).last.map { String(Substring($0)) } ?? ""
        }
        let code = text("error") ?? type ?? ""
        let message = text("error_description") ?? text("message") ?? ""
        return Refusal(
            code: repeatsSecret(code) ? "" : printable(code, limit: 100),
            message: repeatsSecret(message) ? "" : printable(message), status: status)
    }

    private func text(_ name: String) -> String? {
        do throws(JSONError) { return try object.text(name) } catch { return nil }
    }
}

private func parse(_ body: borrowing SecretBytes, status: Int) throws(SSOError) -> JSONObject {
    do throws(JSONError) { return try JSONObject(body) } catch { throw .notAnAnswer(status: status) }
}
