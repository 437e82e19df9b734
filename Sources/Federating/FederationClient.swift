import JSON
import Secrets
import Signing
import Times
import Transport

/// A client of the federation endpoint, which trades credentials for a token to sign in to the console with.
public struct FederationClient {
    private let site: ConsoleSite
    private let sender: any HTTPSender
    private let timing: Timing
    private let deadline: Int64

    /// The most requests for one token.
    private static let tries = 3
    /// Milliseconds for one attempt, if another one may follow.
    private static let tryLimit: Int64 = 5000

    /// The durations of a console session that the endpoint takes, in seconds.
    public static let durations = 900...43_200

    /// - Parameters:
    ///   - sender: sends requests.
    ///   - timing: clocks and random numbers.
    ///   - deadline: when to give up, in milliseconds on the clock `timing.uptime`.
    public init(site: ConsoleSite, sender: any HTTPSender, timing: Timing = .system, deadline: Int64) {
        self.site = site
        self.sender = sender
        self.timing = timing
        self.deadline = deadline
    }

    /// A token to sign in with, good for 15 minutes.
    ///
    /// The credentials go into the body of a POST: a URL may be logged on its way.
    ///
    /// - Parameter duration: how long the console session lives, in seconds, within `durations`; nil for as long as the
    ///   credentials. Only for those of a role that was not assumed by another role.
    public func signInToken(
        for credentials: borrowing Credentials, lasting duration: Int? = nil
    ) throws(FederationError) -> SecretBytes {
        let form = form(credentials, duration)
        var pauses = (0..<Self.tries - 1).map { Int64(timing.random() * Double(1 << $0) * 1000) }
        while true {
            let pause = pauses.isEmpty ? nil : pauses.removeFirst()
            do throws(FederationError) { return try read(send(form, isLast: pause == nil)) } catch {
                guard let pause, error.isPassing, timing.uptime() + pause < deadline else { throw error }
                timing.sleep(pause)
            }
        }
    }

    private func send(_ form: borrowing SecretBytes, isLast: Bool) throws(FederationError) -> HTTPResponse {
        let remaining = deadline - timing.uptime()
        guard remaining > 0 else { throw .network(.timedOut(host: site.endpoint.host, sent: false)) }
        let request = HTTPRequest(
            method: "POST", url: site.endpoint,
            headers: [
                Header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                Header("Accept", "application/json"),
            ], body: form.copy(), timeout: Int(isLast ? remaining : min(remaining, Self.tryLimit)))
        do throws(TransportError) { return try sender.send(request) } catch { throw .network(error) }
    }

    /// The body of a refusal is a web page that may repeat the request, so it is not shown.
    private func read(_ response: consuming HTTPResponse) throws(FederationError) -> SecretBytes {
        switch response.status {
        case 200...299: break
        case 429, 500...: throw .unavailable(status: response.status)
        default: throw .refused(status: response.status)
        }
        let token: SecretBytes?
        do throws(JSONError) { token = try JSONObject(response.body).secret("SigninToken") } catch {
            throw .invalidResponse(status: response.status)
        }
        guard let token, isVisible(token) else { throw .invalidResponse(status: response.status) }
        return token
    }

    private func form(_ credentials: borrowing Credentials, _ duration: Int?) -> SecretBytes {
        var session = SecretBytes("{\"sessionId\":")
        session.appendJSONQuoted(credentials.accessKeyID)
        session.append(",\"sessionKey\":")
        session.appendJSONQuoted(credentials.secret)
        session.append(",\"sessionToken\":")
        switch credentials.sessionToken {
        case .some(let token): session.appendJSONQuoted(token)
        case .none: session.append("\"\"")
        }
        session.append("}")
        var form = SecretBytes("Action=getSigninToken&SessionType=json")
        if let duration { form.append("&SessionDuration=\(duration)") }
        form.append("&Session=")
        form.appendPercentEncoded(session)
        return form
    }
}

extension FederationError {
    /// Whether the same request may succeed a moment later.
    fileprivate var isPassing: Bool {
        switch self {
        case .network(.unreachable), .network(.timedOut), .network(.interrupted), .unavailable: true
        default: false
        }
    }
}

/// Whether it is printable ASCII without spaces, and not empty.
private func isVisible(_ text: borrowing SecretBytes) -> Bool {
    for index in 0..<text.count where !(33...126).contains(text[index]) { return false }
    return !text.isEmpty
}
