import Foundation
import SSO
import Secrets
import Testing
import Times

/// A case of the SDKs' suite for `login_session`.
struct LoginVector: Sendable, CustomTestStringConvertible {
    let documentation: String
    let session: String
    /// The texts of the files in the cache.
    let cache: [String: String]
    /// The bodies of the requests to expect, and what answers them.
    let calls: [(request: String, status: Int, answer: String)]
    let credentials: [String: String]?
    let cacheAfterwards: [String: String]
    let isError: Bool

    var testDescription: String { documentation }

    static let folder = ProcessInfo.processInfo.environment["WARDER_VECTORS"]
    static let cases: [LoginVector] = {
        guard let folder,
            let data = FileManager.default.contents(atPath: folder + "/login/login-provider-test-cases.json"),
            let all = (try? JSONSerialization.jsonObject(with: data)) as? [[String: Any]]
        else { return [] }
        return all.compactMap { LoginVector($0) }
    }()

    private init?(_ vector: [String: Any]) {
        guard let documentation = vector["documentation"] as? String, let config = vector["configContents"] as? String,
            let cache = vector["cacheContents"] as? [String: Any],
            let outcomes = vector["outcomes"] as? [[String: Any]],
            let line = config.split(separator: "\n").first(where: { $0.hasPrefix("login_session = ") })
        else { return nil }
        self.documentation = documentation
        session = String(line.dropFirst("login_session = ".count))
        self.cache = cache.mapValues { encoded($0) }
        calls = ((vector["mockApiCalls"] as? [[String: Any]]) ?? []).map { call in
            let request = (call["request"] as? [String: Any])?["tokenInput"]
            let answer = (call["response"] as? [String: Any])?["tokenOutput"]
            return (encoded(request), call["responseCode"] as? Int ?? 200, encoded(answer ?? [String: String]()))
        }
        func outcome(_ name: String) -> [String: Any]? {
            outcomes.first { $0["result"] as? String == name }?.filter { $0.key != "result" }
        }
        credentials = outcome("credentials") as? [String: String]
        cacheAfterwards = outcome("cacheContents")?.mapValues { encoded($0) } ?? [:]
        isError = outcome("error") != nil
    }
}

private func encoded(_ value: Any?) -> String {
    guard let value, let data = try? JSONSerialization.data(withJSONObject: value) else { return "" }
    return String(decoding: data, as: UTF8.self)
}

@Suite("The SDKs' suite of login sessions", .enabled(if: LoginVector.folder != nil, "WARDER_VECTORS is not set"))
struct LoginSuiteTests {
    @Test("has eight cases") func all() {
        #expect(LoginVector.cases.count == 8)
        #expect(LoginVector.cases.filter(\.isError).count == 6)
    }

    @Test(arguments: LoginVector.cases)
    func vector(_ vector: LoginVector) throws {
        let file = try loginCacheFileName(session: vector.session)
        let sender = Answering(vector.calls)
        do throws(SignInError) {
            guard let written = vector.cache[file] else { throw .signInNeeded }
            let (credentials, text) = try result(of: written, sender)
            #expect(credentials == vector.credentials)
            #expect(!vector.isError)
            if let text {
                #expect(vector.cacheAfterwards.count == 1)
                #expect(areEqual(text, vector.cacheAfterwards[file] ?? ""))
            } else {
                #expect(vector.cacheAfterwards.isEmpty)
            }
        } catch {
            #expect(vector.isError)
            // The mocked refusal has no more than its status.
            let isExpected =
                switch error {
                case .signInNeeded: vector.cache.isEmpty
                case .notACachedToken(let missing): vector.documentation.contains("Missing \(missing)")
                default: error == .refused(SignInRefusal(code: "", message: "", status: 400)) && !vector.calls.isEmpty
                }
            #expect(isExpected, "\(error)")
        }
        #expect(sender.requests.count == vector.calls.count)
        for (request, call) in zip(sender.requests, vector.calls) { #expect(areEqual(request.body, call.request)) }
    }

    /// What a program gets of a cached token, and the file's new text if the token was renewed.
    private func result(
        of text: String, _ sender: Answering
    ) throws(SignInError) -> (credentials: [String: String], text: String?) {
        let token = try LoginToken(cliCache: secret(text))
        guard token.needsRenewal(at: suiteTime) else { return (members(token), nil) }
        let client = LoginClient(endpoint: try LoginEndpoint(region: "us-east-1"), sender: sender, timing: standing())
        let renewed = try client.renewed(token)
        return (members(renewed), SSOTests.text(try renewed.cliCache(updating: secret(text))))
    }

    private func members(_ token: borrowing LoginToken) -> [String: String] {
        var members = [
            "accessKeyId": token.accessKeyID, "secretAccessKey": text(token.secretAccessKey),
            "sessionToken": text(token.sessionToken), "expiresAt": token.expiration.iso8601,
        ]
        members["accountId"] = token.accountID
        return members
    }
}

extension Answering {
    convenience init(_ calls: [(request: String, status: Int, answer: String)]) {
        self.init(all: calls.map { .success(($0.status, $0.answer)) })
    }
}
