import AuditLog
import Linux
import Secrets
import Serving
import Setup

/// Records what a server hands out.
package final class LoggedSupply: CredentialSupply {
    private let inner: any CredentialSupply
    private let context: Context
    private let profile: String
    /// The process that the server serves; nil if unknown.
    private let process: Int32?

    /// Hands out what `supply` does.
    package init(_ supply: any CredentialSupply, _ context: Context, profile: String, process: Int32?) {
        inner = supply
        self.context = context
        self.profile = profile
        self.process = process
    }

    package func supply() -> Supply {
        switch inner.supply() {
        case .credentials(let json):
            var event = Event(.served, profile: profile, keyID: Self.keyID(json), origin: .cached, by: "exec --serve")
            if let process { event.caller = CallerSummary(of: process) }
            context.record(event)
            return .credentials(json)
        case .later: return .later
        case .unavailable(let json): return .unavailable(json)
        }
    }

    package var watched: Int32? { inner.watched }
    package func proceed() { inner.proceed() }
    package func tick() { inner.tick() }

    /// The first string of the answer behind its name.
    private static func keyID(_ json: borrowing SecretBytes) -> String? {
        json.withUnsafeBytes { json in
            let start = Array("{\"AccessKeyId\":\"".utf8)
            guard json.starts(with: start) else { return nil }
            return String(decoding: json.dropFirst(start.count).prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
        }
    }
}
