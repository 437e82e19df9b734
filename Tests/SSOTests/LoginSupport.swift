import Crypto
import Foundation
import Secrets
import Synchronization
import Testing
import Times

@testable import SSO
@testable import Transport

/// A request, as a test reads it.
struct SentRequest: Sendable {
    let method: String
    let url: String
    let headers: [Header]
    let proof: String
    let body: String
    let isOnce: Bool

    var members: [String: String] { (json(body) as? [String: String]) ?? [:] }
}

/// Answers requests one after another, and keeps them.
final class Answering: HTTPSender {
    private let answers: Mutex<[Result<(Int, String), TransportError>]>
    private let seen = Mutex<[SentRequest]>([])

    var requests: [SentRequest] { seen.withLock { $0 } }

    init(all answers: [Result<(Int, String), TransportError>]) { self.answers = Mutex(answers) }

    convenience init(_ answers: Result<(Int, String), TransportError>...) { self.init(all: answers) }

    convenience init(_ status: Int, _ body: String) { self.init(.success((status, body))) }

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        let sent = SentRequest(
            method: request.method, url: request.url.text, headers: request.headers, proof: proof(of: request),
            body: text(ifPresent: request.body) ?? "", isOnce: request.isOnce)
        seen.withLock { $0.append(sent) }
        let answer = answers.withLock { $0.isEmpty ? .success((500, "{}")) : $0.removeFirst() }
        let (status, body) = try answer.get()
        return HTTPResponse(status: status, date: nil, contentType: nil, body: secret(body))
    }

    private func proof(of request: borrowing HTTPRequest) -> String {
        switch request.secretHeader {
        case .some(let header): header.name == "DPoP" ? text(header.value) : ""
        case .none: ""
        }
    }
}

/// The time of the public suite.
let suiteTime = UnixTime(1_763_510_400)

/// A clock that stands still, and sleeps without waiting.
func standing(at time: UnixTime = suiteTime) -> Timing {
    Timing(now: { time }, uptime: { 1_000_000 }, sleep: { _ in }, random: { 0.5 })
}

extension LoginClient {
    init(_ sender: any HTTPSender, at time: UnixTime = suiteTime, url: String = "https://s.example") throws {
        self.init(
            endpoint: try LoginEndpoint(region: "eu-west-1", custom: url), sender: sender, timing: standing(at: time))
    }
}

/// What JSON text says.
func json(_ text: String) -> Any? { try? JSONSerialization.jsonObject(with: Data(text.utf8)) }

/// Whether two JSON texts say the same.
func areEqual(_ a: String, _ b: String) -> Bool {
    guard let a = json(a) as? NSObject, let b = json(b) as? NSObject else { return false }
    return a.isEqual(b)
}

/// The content of a part of a JSON Web Token.
func content(_ part: String) -> String {
    let standard = part.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    let padded = standard + String(repeating: "=", count: (4 - standard.count % 4) % 4)
    return String(decoding: Data(base64Encoded: padded) ?? Data(), as: UTF8.self)
}

/// A JSON Web Token with these claims.
func webToken(_ claims: String) -> String {
    func part(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    }
    return [part(#"{"typ":"JWT","alg":"ES384"}"#), part(claims), "c2lnbmF0dXJl"].joined(separator: ".")
}

/// The key of RFC 6979 section A.2.5, in SEC 1's form.
let publishedKey = """
    -----BEGIN EC PRIVATE KEY-----
    MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
    AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
    maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
    -----END EC PRIVATE KEY-----

    """

/// A file as `aws login` writes it; a member that is nil is left out.
func cacheText(
    _ session: [(String, String?)] = [], _ members: [(String, String?)] = []
) -> String {
    func merged(_ changes: [(String, String?)], _ all: [(String, String)]) -> String {
        let kept = all.compactMap { name, value -> (String, String)? in
            guard let change = changes.first(where: { $0.0 == name }) else { return (name, value) }
            return change.1.map { (name, $0) }
        }
        let added = changes.compactMap { change in
            all.contains { $0.0 == change.0 } ? nil : change.1.map { (change.0, $0) }
        }
        return "{" + (kept + added).map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
    }
    let inner = merged(
        session,
        [
            ("accessKeyId", quoted("ASIAIOSFODNN7EXAMPLE")), ("secretAccessKey", quoted("old/secret+key")),
            ("sessionToken", quoted("old-session-token")), ("accountId", quoted("012345678901")),
            ("expiresAt", quoted("2025-11-19T00:04:59Z")),
        ])
    return merged(
        members,
        [
            ("accessToken", inner), ("tokenType", quoted("aws_sigv4")),
            ("clientId", quoted("arn:aws:signin:::devtools/same-device")),
            ("refreshToken", quoted("old-refresh-token")),
            ("idToken", quoted(webToken(#"{"sub":"arn:aws:iam::012345678901:user/ann"}"#))),
            ("dpopKey", quoted(publishedKey)),
        ])
}

/// The token of that file.
func cachedToken(_ session: [(String, String?)] = [], _ members: [(String, String?)] = []) throws -> LoginToken {
    try LoginToken(cliCache: secret(cacheText(session, members)))
}

/// What AWS Sign-In answers; a member that is nil is left out.
func granted(
    keyID: String? = "ASIANEWEXAMPLEKEYID1", secret: String? = "new/secret+key", token: String? = "new-session-token",
    refreshToken: String? = "new-refresh-token", lifetime: String? = "900", idToken: String? = nil
) -> String {
    func object(_ members: [(String, String?)]) -> String {
        "{" + members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.joined(separator: ",") + "}"
    }
    return object([
        (
            "accessToken",
            object([
                ("accessKeyId", keyID.map(quoted)), ("secretAccessKey", secret.map(quoted)),
                ("sessionToken", token.map(quoted)),
            ])
        ),
        ("tokenType", quoted("aws_sigv4")), ("expiresIn", lifetime), ("refreshToken", refreshToken.map(quoted)),
        ("idToken", idToken.map(quoted)),
    ])
}
