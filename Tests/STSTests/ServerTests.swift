import STS
import Servers
import Testing
import Times
import Threads
import Transport
import XML

@Suite(
    "STS over libcurl, against a server that misbehaves",
    .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")), .waits)
struct ServerTests {
    let server: Server

    init() throws { server = try Server("hostile.py") }

    private func client(_ path: String, milliseconds: Int64 = 60_000) throws -> STSClient {
        let url = server.url(path)
        let timing = Timing(
            now: Timing.system.now, uptime: Timing.system.uptime, sleep: { _ in }, random: { 0.001 })
        return STSClient(
            endpoint: try Endpoint(
                of: .sts, EndpointConfiguration(), environment: { $0 == "AWS_ENDPOINT_URL_STS" ? url : nil }),
            sender: try CurlSender(userAgent: "warder/test"), timing: timing,
            deadline: timing.uptime() + milliseconds)
    }

    private func count(_ path: String) throws -> String {
        let url = try ServiceURL(server.url("/count" + path))
        let response = try CurlSender(userAgent: "warder/test")
            .send(HTTPRequest(method: "GET", url: url, timeout: 20_000))
        return text(response.body)
    }

    @Test("succeeds at the third try")
    func retried() throws {
        #expect(try client("/then/500,503,200").getCallerIdentity(signedBy: session()).account == "111111111111")
        #expect(try count("/then/500,503,200") == "3")
    }

    @Test(
        "sends a one-time code once, whatever happens",
        arguments: ["/status/500", "/status/503", "/reset", "/close", "/chunked", "/html", "/doctype", "/redirect"])
    func once(path: String) throws {
        #expect(throws: STSError.self) {
            _ = try client(path).getSessionToken(signedBy: key(), durationSeconds: 900, mfa: code())
        }
        #expect(try count(path) == "1")
    }

    @Test("sends a one-time code once to a server that is silent")
    func silent() throws {
        #expect(throws: STSError.network(.timedOut(host: "127.0.0.1", sent: true))) {
            _ = try client("/silent", milliseconds: 1500)
                .getSessionToken(signedBy: key(), durationSeconds: 900, mfa: code())
        }
        #expect(try count("/silent") == "1")
    }

    @Test("sends anything else three times", arguments: ["/status/500", "/reset", "/close"])
    func thrice(path: String) throws {
        #expect(throws: STSError.self) { _ = try client(path).getCallerIdentity(signedBy: key()) }
        #expect(try count(path) == "3")
    }

    @Test(
        "says what it was that came",
        arguments: [
            ("/html", STSError.invalidResponse(.html, status: 200)), ("/json", .invalidResponse(.json, status: 200)),
            ("/empty", .invalidResponse(.empty, status: 200)),
            ("/doctype", .invalidResponse(.xml(.documentType(line: 1)), status: 200)),
            ("/truncated", .invalidResponse(.xml(.malformed(reason: "no element found", line: 1)), status: 200)),
            ("/huge", .network(.tooLarge(host: "127.0.0.1"))), ("/chunked", .network(.tooLarge(host: "127.0.0.1"))),
            ("/redirect", .network(.redirected(host: "127.0.0.1", status: 302))),
        ])
    func reasons(path: String, error: STSError) {
        #expect(throws: error) { _ = try client(path).getCallerIdentity(signedBy: key()) }
    }
}
