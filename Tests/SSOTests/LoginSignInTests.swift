import Crypto
import Foundation
import STS
import Secrets
import Synchronization
import Testing
import Threads
import Times

@testable import SSO

private let arn = "arn:aws:sts::721781603755:assumed-role/Admin/ann"

/// The parameters of a page's URL.
private func parameters(_ url: String) -> [String: String] {
    let items = URLComponents(string: url)?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
}

/// The challenge of a verifier (RFC 7636 section 4.2).
private func challenge(_ verifier: String) throws -> String {
    let digest = try Array(verifier.utf8).withUnsafeBytes { try sha256($0) }
    return text(digest.span.withUnsafeBytes { SecretBytes(base64URL: $0) })
}

private func signedInAnswer(_ claims: String = #"{"sub":"\#(arn)"}"#) -> Answering {
    Answering(200, granted(idToken: webToken(claims)))
}

/// The addresses that a sign-in gave out.
private final class Pages: Sendable {
    let shown = Mutex(("", ""))
}

@Suite("Sign-in with console credentials in a browser on this host", .waits)
struct LoginBrowserTests {
    /// Signs in with a browser that goes where `answer` says, given the redirect URI and the state.
    private func signedIn(
        _ sender: Answering, seconds: Int64 = 60, pages: Pages = Pages(),
        answer: @escaping @Sendable (_ redirectURI: String, _ state: String) -> [String]
    ) throws -> LoginSignedIn {
        let client = LoginClient(endpoint: try LoginEndpoint(region: "eu-west-1"), sender: sender)
        let listener = try CallbackListener()
        return try LoginSignIn(client: client).withBrowser(
            listener, until: Timing.system.uptime() + seconds * 1000
        ) { page, entrance in
            pages.shown.withLock { $0 = (page, entrance) }
            Thread.detachNewThread {
                let query = parameters(page)
                for url in answer(query["redirect_uri"] ?? "", query["state"] ?? "") { browse(url) }
            }
        }
    }

    @Test("gives a session and its ARN")
    func good() throws {
        let (sender, pages) = (signedInAnswer(), Pages())
        let result = try signedIn(sender, pages: pages) { uri, state in ["\(uri)?code=the-code%2F1&state=\(state)"] }
        let (session, account, region) = (result.loginSession, result.token.accountID, result.token.region)
        #expect(session == arn)
        #expect(account == "721781603755")
        #expect(region == "eu-west-1")
        let refreshToken = text(result.token.refreshToken)
        #expect(refreshToken == "new-refresh-token")

        let (page, entrance) = pages.shown.withLock { $0 }
        let query = parameters(page)
        let uri = query["redirect_uri"] ?? ""
        #expect(
            page.hasPrefix("https://eu-west-1.signin.aws.amazon.com/v1/authorize?response_type=code&client_id=arn%3A"))
        #expect(query["client_id"] == "arn:aws:signin:::devtools/same-device")
        #expect(query["code_challenge_method"] == "SHA-256" && query["scope"] == "openid" && query.count == 7)
        #expect(uri.hasPrefix("http://127.0.0.1:") && uri.hasSuffix("/oauth/callback"))
        let state = query["state"] ?? ""
        #expect(UUID(uuidString: state) != nil && Array(state)[14] == "4" && "89ab".contains(Array(state)[19]))
        #expect(entrance.hasPrefix(uri.replacing("/oauth/callback", with: "/sign-in/")) && !entrance.contains(state))

        let request = try #require(sender.requests.first)
        #expect(sender.requests.count == 1 && request.isOnce)
        #expect(request.url == "https://eu-west-1.signin.aws.amazon.com/v1/token")
        let verifier = request.members["codeVerifier"] ?? ""
        #expect((43...128).contains(verifier.utf8.count))
        #expect(try challenge(verifier) == query["code_challenge"])
        #expect(
            request.members == [
                "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "authorization_code",
                "code": "the-code/1", "codeVerifier": verifier, "redirectUri": uri,
            ])
        // The proof is by the key that the token keeps.
        let point = try result.token.key.publicPoint
        let x = text(point.x.span.withUnsafeBytes { SecretBytes(base64URL: $0) })
        #expect(content(String(request.proof.split(separator: ".")[0])).contains(x))
    }

    @Test("says that the user declined")
    func denied() {
        let refusal = SignInRefusal(code: "access_denied", message: "the user declined", status: 0)
        let sender = signedInAnswer()
        #expect(throws: SignInError.accessDenied(refusal)) {
            _ = try signedIn(sender) { uri, state in
                ["\(uri)?error=access_denied&error_description=the+user+declined&state=\(state)"]
            }
        }
        #expect(sender.requests.isEmpty)
    }

    @Test("minds no code of another sign-in")
    func foreign() throws {
        let sender = signedInAnswer()
        _ = try signedIn(sender) { uri, state in
            [
                "\(uri)?code=evil&state=\(UUID().uuidString.lowercased())", "\(uri)?code=evil",
                "\(uri)?code=good&state=\(state)",
            ]
        }
        #expect(sender.requests.map { $0.members["code"] } == ["good"])
    }

    @Test("says that its code has expired, that a permission is missing, or that no answer came in time")
    func errors() {
        func error(_ sender: Answering, seconds: Int64 = 60, _ path: String = "?code=c&state=") -> SignInError? {
            do {
                _ = try signedIn(sender, seconds: seconds) { uri, state in [uri + path + state] }
                return nil
            } catch { return error as? SignInError }
        }
        #expect(error(Answering(403, #"{"error": "AUTHCODE_EXPIRED", "message": "m"}"#)) == .codeExpired)
        #expect(
            error(Answering(403, #"{"error": "INSUFFICIENT_PERMISSIONS", "message": "m"}"#))
                == .insufficientPermissions(
                    SignInRefusal(code: "INSUFFICIENT_PERMISSIONS", message: "m", status: 403)))
        #expect(error(signedInAnswer(), seconds: 1, "?x=") == .timedOut)
    }

    static let subjects: [(String?, SignInError?)] = [
        (#"{"sub":"arn:aws:iam::123456789012:root"}"#, nil),
        (#"{"sub":"arn:aws-cn:iam::123456789012:user\/a\/b"}"#, nil),
        (nil, .missing("idToken", status: 200)), ("[]", .missing("idToken", status: 200)),
        ("{}", .missing("idToken", status: 200)), (#"{"sub":1}"#, .missing("idToken", status: 200)),
        (#"{"sub":"ann"}"#, .missing("idToken", status: 200)),
        (#"{"sub":"arn:aws:iam::12345678901:root"}"#, .missing("idToken", status: 200)),
        (#"{"sub":"arn:aws:iam::12345678901x:root"}"#, .missing("idToken", status: 200)),
        (#"{"sub":"arn:aws:iam::123456789012:"}"#, .missing("idToken", status: 200)),
        (#"{"sub":"arn:aws:iam::123456789012:user/a\nregion = evil"}"#, .missing("idToken", status: 200)),
        (#"{"sub":"arn:aws:iam::123456789012:user/a b"}"#, .missing("idToken", status: 200)),
        (#"{"sub":"urn:aws:iam::123456789012:root"}"#, .missing("idToken", status: 200)),
    ]

    @Test("takes no ID token whose subject is no ARN", arguments: subjects.indices)
    func subject(index: Int) throws {
        let (claims, error) = Self.subjects[index]
        let sender = Answering(200, granted(idToken: claims.map(webToken)))
        do throws(SignInError) {
            let code = AuthorizationCode(code: secret("c"), verifier: secret("v"), redirectURI: "u")
            let result = try client(sender).signedIn(code, clientID: "c")
            let session = result.loginSession
            #expect(error == nil && session.hasPrefix("arn:aws"))
        } catch let seen { #expect(seen == error) }
    }

    private func client(_ sender: Answering) throws(SignInError) -> LoginClient {
        LoginClient(endpoint: try LoginEndpoint(region: "eu-west-1"), sender: sender, timing: standing())
    }

    @Test("takes no ID token that is no web token", arguments: ["a.b", "a.b.c", "..", "a.e30.c.d", "a.!.c"])
    func webTokens(token: String) {
        let isSession = loginSession(secret(token)) != nil
        #expect(!isSession)
    }
}

@Suite("Sign-in with console credentials on another device")
struct LoginPastedCodeTests {
    private func started(_ sender: Answering) throws -> PastedSignIn {
        try LoginSignIn(client: LoginClient(sender)).withPastedCode()
    }

    private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    @Test("gives a session and its ARN")
    func good() throws {
        let sender = signedInAnswer()
        let signIn = try started(sender)
        let query = parameters(signIn.page)
        #expect(query["client_id"] == "arn:aws:signin:::devtools/cross-device")
        #expect(query["redirect_uri"] == "https://s.example/v1/sessions/confirmation")
        #expect(query["code_challenge_method"] == "SHA-256" && query["scope"] == "openid")
        let result = try signIn.signedIn(pasted: secret(base64("state=\(query["state"] ?? "")&code=the-code")))
        let session = result.loginSession
        #expect(session == arn)
        let members = sender.requests.first?.members ?? [:]
        #expect(try challenge(members["codeVerifier"] ?? "") == query["code_challenge"])
        #expect(
            members == [
                "clientId": "arn:aws:signin:::devtools/cross-device", "grantType": "authorization_code",
                "code": "the-code", "codeVerifier": members["codeVerifier"] ?? "",
                "redirectUri": "https://s.example/v1/sessions/confirmation",
            ])
    }

    @Test("may be pasted again after a mistake")
    func again() throws {
        let sender = signedInAnswer()
        let signIn = try started(sender)
        func paste(_ text: String) -> SignInError? {
            do throws(SignInError) {
                _ = try signIn.signedIn(pasted: secret(text))
                return nil
            } catch { return error }
        }
        let other = try started(sender)
        let (state, another) = (parameters(signIn.page)["state"] ?? "", parameters(other.page)["state"] ?? "")
        #expect(paste("what?") == .notAPastedCode)
        #expect(paste(base64("state=\(another)&code=c")) == .anotherSignIn)
        #expect(sender.requests.isEmpty)
        #expect(paste(base64("state=\(state)&code=c")) == nil)
    }

    private func code(_ pasted: String, state: String = "s-1") throws(SignInError) -> String {
        text(try pastedCode(secret(pasted), state: secret(state)))
    }

    static let pasted: [(String, String)] = [
        ("state=s-1&code=c", "c"), ("code=c&state=s-1", "c"), ("state=s%2D1&code=a%2Fb", "a/b"),
        ("state=s-1&code=c&region=eu-west-1", "c"), ("state=s-1&code=~~?>~~", "~~?>~~"),
    ]

    @Test("reads the code as people paste it", arguments: pasted.indices)
    func forms(index: Int) throws {
        let (plain, expected) = Self.pasted[index]
        let standard = base64(plain)
        let url = standard.replacing("+", with: "-").replacing("/", with: "_")
        let wrapped = String(standard.prefix(10)) + "\n  " + String(standard.dropFirst(10))
        for text in [
            standard, standard.replacing("=", with: ""), url, url.replacing("=", with: ""), "  \(standard)\r\n",
            "\t\(url) ",
            wrapped,
        ] {
            #expect(try code(text) == expected)
        }
    }

    @Test(
        "is told from what is no code",
        arguments: [
            "", " ", "=", "what?", "state=s-1&code=c", Data("state=s-1".utf8).base64EncodedString(),
            Data("code=c".utf8).base64EncodedString(), Data("state=s-1&code=".utf8).base64EncodedString(),
            Data("state=s-1&code=a&code=b".utf8).base64EncodedString(),
            Data("state=s-1&state=s-1&code=a".utf8).base64EncodedString(),
            Data("state=s-1&code=a%0Ab".utf8).base64EncodedString(),
            Data("state=s-1&code=%zz".utf8).base64EncodedString(),
            Data([0xFF, 0x00, 0xFE]).base64EncodedString(), String(repeating: "A", count: 1_000_000),
        ])
    func garbage(pasted: String) { #expect(throws: SignInError.notAPastedCode) { _ = try code(pasted) } }

    @Test(
        "is told from the code of another sign-in",
        arguments: ["state=s-2&code=c", "state=&code=c", "state=s-1x&code=c"])
    func another(plain: String) {
        #expect(throws: SignInError.anotherSignIn) { _ = try code(base64(plain)) }
    }
}
