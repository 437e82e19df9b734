import Foundation
import RoomSupport
import SSO
import Secrets
import Synchronization
import Times
import Transport

/// STS, and what stands around it: the metadata of an instance, a container's agent, a sign-in.
final class Cloud: HTTPSender, Sendable {
    let clock: TestClock
    let sts: TestSTS
    private let log = Mutex<[String]>([])

    init(_ clock: TestClock) {
        self.clock = clock
        sts = TestSTS(clock)
    }

    /// The requests to STS, with the role that each is for, and those for the role of a sign-in.
    var made: [String] { log.withLock { $0 } }

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        let url = request.url.text
        if url.contains("sts") {
            let before = sts.requests.count
            defer {
                let form = sts.requests[before].form
                log.withLock { $0.append("\(form["Action"] ?? "") \(form["RoleArn"] ?? "")") }
            }
            return try sts.sender.send(request)
        }
        let end = UnixTime(clock.now + 6 * 3600)
        let key =
            "\"AccessKeyId\":\"ASIAOFTHEMACHINE0001\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"\(end.iso8601)\""
        if url.hasSuffix("/latest/api/token") { return answer("token") }
        if url.hasSuffix("/security-credentials/") { return answer("role") }
        if url.hasSuffix("/federation/credentials") {
            log.withLock { $0.append("sso ") }
            let end = UnixTime(TestClock.atPresent().now + 6 * 3600)
            return answer(
                "{\"roleCredentials\":{\"accessKeyId\":\"ASIAIOSFODNN7EXAMPLE\",\"secretAccessKey\":\"s\","
                    + "\"sessionToken\":\"t\",\"expiration\":\(end.seconds * 1000)}}")
        }
        return answer("{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\(key)}")
    }

    private func answer(_ body: String) -> HTTPResponse {
        HTTPResponse(status: 200, date: nil, contentType: nil, body: secret(body))
    }
}

let startURL = "https://a.awsapps.com/start"

extension TestHome {
    /// As after `aws sso login`, for a day.
    func signIn() throws {
        let name = try cliCacheFileName(session: nil, startURL: startURL)
        let end = UnixTime(clock.now + 86_400).iso8601
        try write(
            "{\"startUrl\":\"\(startURL)\",\"region\":\"eu-west-1\",\"accessToken\":\"at\",\"expiresAt\":\"\(end)\"}",
            to: ".aws/sso/cache/" + name)
    }
}
