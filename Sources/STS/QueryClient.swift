import Secrets
import Signing
import Times
import Transport

/// Sends requests in the query protocol, and repeats them where that may help.
struct QueryClient {
    let endpoint: Endpoint
    let sender: any HTTPSender
    let timing: Timing
    /// When to give up, on the clock `timing.uptime`.
    let deadline: Int64

    /// Milliseconds for one attempt, if another one may follow.
    static let tryLimit: Int64 = 4000

    /// Sends the signed request `form`, with retries until the deadline.
    ///
    /// - Parameters:
    ///   - repetition: whether it may be sent again.
    ///   - hasResult: the answer has a result.
    ///   - read: parses the answer.
    func call<R: ~Copyable>(
        _ form: borrowing Form, signedBy credentials: borrowing Credentials, repetition: Repetition = .always,
        hasResult: Bool = true, _ read: (borrowing XMLResponse) throws(STSError) -> R
    ) throws(STSError) -> R {
        try call(form, repetition, hasResult: hasResult, read) { offset throws(STSError) in
            let headers = try signedHeaders(form, credentials, at: timing.now() + offset)
            return try send(form, headers, token: tokenHeader(credentials), isOnce: repetition.isOnce)
        } secrets: {
            var secrets = form.secrets.copy()
            secrets.add(credentials.secret)
            switch credentials.sessionToken {
            case .some(let token): secrets.add(token)
            case .none: break
            }
            return secrets
        }
    }

    /// Sends the request `form` without a signature, with retries until the deadline.
    func call<R: ~Copyable>(
        _ form: borrowing Form, _ read: (borrowing XMLResponse) throws(STSError) -> R
    ) throws(STSError) -> R {
        try call(form, .always, hasResult: true, read) { _ throws(STSError) in
            try send(form, [Header("Content-Type", Form.contentType)], token: nil, isOnce: false)
        } secrets: {
            form.secrets.copy()
        }
    }

    /// - Parameter secrets: the secrets in the request, none of which may be shown from the answer.
    private func call<R: ~Copyable>(
        _ form: borrowing Form, _ repetition: Repetition, hasResult: Bool,
        _ read: (borrowing XMLResponse) throws(STSError) -> R,
        _ send: (_ offset: Int64) throws(STSError) -> HTTPResponse, secrets: () -> SentSecrets
    ) throws(STSError) -> R {
        var retries = Retries(repetition)
        while true {
            do throws(STSError) {
                let response = try send(retries.offset)
                let date = response.date.flatMap { UnixTime(httpDate: $0) }
                if (200...299).contains(response.status) {
                    return try read(
                        XMLResponse(
                            to: form.action, response.body, status: response.status, now: date ?? timing.now(),
                            hasResult: hasResult, hiding: secrets()))
                }
                throw STSError(
                    refusal: response.body, status: response.status, offset: date.map { $0 - timing.now() },
                    hiding: secrets())
            } catch {
                guard let pause = retries.pause(after: error, random: timing.random),
                    timing.uptime() + pause < deadline
                else { throw error }
                if pause > 0 { timing.sleep(pause) }
            }
        }
    }

    private func send(
        _ form: borrowing Form, _ headers: [Header], token: consuming SecretHeader?, isOnce: Bool
    ) throws(STSError) -> HTTPResponse {
        let url = endpoint.url
        let remaining = deadline - timing.uptime()
        guard remaining > 0 else { throw .network(.timedOut(host: url.host, sent: false)) }
        let request = HTTPRequest(
            method: "POST", url: url, headers: headers, secretHeader: token,
            body: form.body.copy(), timeout: Int(isOnce ? remaining : min(remaining, Self.tryLimit)), isOnce: isOnce)
        do throws(TransportError) { return try sender.send(request) } catch { throw .network(error) }
    }

    private func signedHeaders(
        _ form: borrowing Form, _ credentials: borrowing Credentials, at time: UnixTime
    ) throws(STSError) -> [Header] {
        let signer = Signer(service: endpoint.service.rawValue, region: endpoint.signingRegion, time: time)
        do throws(SigningError) {
            let request = SignableRequest(
                method: "POST", path: endpoint.url.path,
                headers: [
                    NamedValue("Content-Type", Form.contentType), NamedValue("Host", endpoint.url.hostHeader),
                ], payload: try Payload(of: form.body))
            let added = try signer.headers(for: request, signedBy: credentials)
            return [Header("Content-Type", Form.contentType)] + added.map { Header($0.name, $0.value) }
        } catch { throw .signing(error) }
    }

    private func tokenHeader(_ credentials: borrowing Credentials) -> SecretHeader? {
        switch credentials.sessionToken {
        case .some(let token): SecretHeader("X-Amz-Security-Token", token.copy())
        case .none: nil
        }
    }
}
