import JSON
import Secrets
import Text
import Transport

/// A JSON response.
struct JSONResponse: ~Copyable {
    private let object: JSONObject
    private let status: Int
    private let secrets: SentSecrets

    /// Parses the body of a response.
    ///
    /// - Parameter secrets: the secrets in the request, none of which may be shown.
    init(_ response: borrowing HTTPResponse, hiding secrets: consuming SentSecrets) throws(SignInError) {
        self.init(
            object: try parse(response.body, status: response.status), status: response.status, secrets: secrets)
    }

    private init(object: consuming JSONObject, status: Int, secrets: consuming SentSecrets) {
        self.object = object
        self.status = status
        self.secrets = secrets
    }

    /// The object that this one contains.
    func inner(_ name: String) throws(SignInError) -> JSONResponse {
        let found: JSONObject?
        do throws(JSONError) { found = try object.object(name) } catch { throw missing(name) }
        guard let found else { throw missing(name) }
        return JSONResponse(object: found, status: status, secrets: secrets.copy())
    }

    /// A token, or another secret for a header: printable ASCII without spaces, not empty.
    func secret(_ name: String) throws(SignInError) -> SecretBytes {
        guard let secret = try secretIfPresent(name) else { throw missing(name) }
        return secret
    }

    /// The same; nil if it is absent or empty.
    func secretIfPresent(_ name: String) throws(SignInError) -> SecretBytes? {
        guard let secret = try read(name), !secret.isEmpty else { return nil }
        guard isVisible(secret) else { throw missing(name) }
        return secret
    }

    /// Text that is not secret: printable ASCII without spaces, not empty.
    func word(_ name: String) throws(SignInError) -> String {
        guard let word = try wordIfPresent(name) else { throw missing(name) }
        return word
    }

    /// The same; nil if absent.
    func wordIfPresent(_ name: String) throws(SignInError) -> String? {
        guard let word = try secretIfPresent(name) else { return nil }
        guard let shown = secrets.shown(word) else { throw missing(name) }
        return shown
    }

    /// Text in a form that the caller checks.
    func identifier(_ name: String) throws(SignInError) -> String {
        let identifier = try secret(name)
        return identifier.text(0..<identifier.count)
    }

    /// The texts `names` of each object in the array `list`, none of them secret; nil for one that is absent. An answer
    /// without the array is none: what it lists would count as gone.
    func rows(_ list: String, _ names: [String]) throws(SignInError) -> [[String?]] {
        var rows: [[String?]] = []
        guard object.place(of: list) != nil else { throw missing(list) }
        do throws(JSONError) {
            try object.forEachObject(list) { (element) throws(JSONError) in
                var row: [String?] = []
                for name in names { row.append(try text(name, of: element)) }
                rows.append(row)
            }
        } catch { throw missing(list) }
        return rows
    }

    /// A positive number.
    func number(_ name: String) throws(SignInError) -> Int64 {
        guard let number = try numberIfPresent(name) else { throw missing(name) }
        return number
    }

    /// The same; nil if absent.
    func numberIfPresent(_ name: String) throws(SignInError) -> Int64? {
        let number: Int64?
        do throws(JSONError) { number = try object.integer(name) } catch { throw missing(name) }
        if let number, number <= 0 { throw missing(name) }
        return number
    }

    func missing(_ name: String) -> SignInError { .missing(name, status: status) }

    private func text(_ name: String, of element: borrowing JSONObject) throws(JSONError) -> String? {
        guard let text = try element.secret(name) else { return nil }
        guard text.count <= SentSecrets.textLimit, let shown = secrets.shown(text) else { throw .wrongType(key: name) }
        return shown
    }

    private func read(_ name: String) throws(SignInError) -> SecretBytes? {
        do throws(JSONError) { return try object.secret(name) } catch { throw missing(name) }
    }

    /// The service's message for a refused request.
    func refusal() -> SignInRefusal {
        let type = text("__type").map {
            $0.utf8.split(separator: UInt8(ascii: "#")).last.map { String(Substring($0)) } ?? ""
        }
        let code = printable(text("error") ?? type ?? "", limit: 100)
        let message = printable(text("error_description") ?? text("message") ?? "", limit: 300)
        if secrets.areRepeated(across: [code, message]) { return SignInRefusal(code: "", message: "", status: status) }
        return SignInRefusal(code: code, message: message, status: status)
    }

    /// Text to show: nil if absent, empty if it repeats a secret.
    private func text(_ name: String) -> String? {
        guard let text = try? read(name), !text.isEmpty else { return nil }
        return secrets.shown(text) ?? ""
    }
}

private func parse(_ body: borrowing SecretBytes, status: Int) throws(SignInError) -> JSONObject {
    do throws(JSONError) { return try JSONObject(body) } catch { throw .invalidResponse(status: status) }
}
