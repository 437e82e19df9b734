import Secrets
import Signing

/// The body of a request in the query protocol: `Action=…&Version=…`, form-encoded. It may hold a one-time code.
struct Form: ~Copyable {
    static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

    /// The action to request.
    let action: String
    private(set) var body = SecretBytes(capacity: 4096)
    /// The secrets in the body.
    private(set) var secrets = SentSecrets()

    init(_ action: String, of service: Service) {
        self.action = action
        add("Action", action)
        add("Version", service.version)
    }

    mutating func add(_ name: String, _ value: String) {
        addName(name)
        body.appendPercentEncoded(value)
    }

    mutating func add(_ name: String, _ value: Int) { add(name, String(value)) }

    mutating func add(_ name: String, ifPresent value: String?) {
        if let value { add(name, value) }
    }

    mutating func add(_ name: String, secret: borrowing SecretBytes) {
        addName(name)
        body.appendPercentEncoded(secret)
        secrets.add(secret)
    }

    private mutating func addName(_ name: String) {
        if !body.isEmpty { body.append("&") }
        body.append(name + "=")
    }
}
