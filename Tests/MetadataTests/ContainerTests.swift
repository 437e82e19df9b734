import Metadata
import Secrets
import Servers
import Testing
import Threads
import Transport

private let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
private let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
private let token = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
private let tokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

/// - Parameter files: path and content.
private func ask(
    _ environment: [String: String], files: [String: String] = [:], _ sender: any HTTPSender,
    _ time: TimeLeft = Pauses().time()
) throws -> String {
    let container = try ContainerCredentials(
        environment: { environment[$0] }, secret: { environment[$0].map(secret) }, file: { files[$0].map(secret) },
        sender: sender, time: time)
    return line(try container.credentials())
}

@Suite("A container's role", .waits, .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
struct ContainerTests {
    let service: Service

    init() throws { service = try Service() }

    private func uri(_ kind: String) -> String { service.server.url("/container/" + kind) }
    private let good = "ASIAIOSFODNN7EXAMPLE wJalr/XUtn+FEMI IQoJ//b3+pZ== 2110885200 111111111111"

    @Test("is asked for with the token")
    func asked() throws {
        #expect(try ask([full: uri("ok?id=1"), token: "Bearer t0ken"], service.sender) == good)
        let environment = [full: uri("ok?id=1"), token: "wrong", tokenFile: "/f"]
        #expect(try ask(environment, files: ["/f": "Bearer t0ken\n"], service.sender) == good)
        #expect(try service.log("container") == Array(repeating: "GET /ok?id=1 Bearer t0ken", count: 2))
        #expect(try ask([full: uri("open")], service.sender) == good)
        #expect(try service.log("container").last == "GET /open -")
    }

    @Test("is refused in the service's words, but not with the token that it repeats")
    func refused() throws {
        #expect(throws: MetadataError.refused(status: 403, reason: "AccessDenied: wrong token")) {
            _ = try ask([full: uri("ok"), token: "x"], service.sender)
        }
        #expect(throws: MetadataError.refused(status: 400, reason: "")) {
            _ = try ask([full: uri("echo"), token: "s3cr3t"], service.sender)
        }
        #expect(throws: MetadataError.refused(status: 400, reason: "Bad: what is None")) {
            _ = try ask([full: uri("echo")], service.sender)
        }
        #expect(throws: MetadataError.refused(status: 418, reason: "")) {
            _ = try ask([full: uri("teapot")], service.sender)
        }
        #expect(throws: MetadataError.refused(status: 400, reason: "")) {
            _ = try ask([full: uri("halves"), token: "s3cr3t-of-the-t4sk"], service.sender)
        }
        #expect(try service.log("container").count == 5)
    }

    @Test("is asked for three times, a second apart, where the service fails")
    func retried() throws {
        let pauses = Pauses()
        #expect(try ask([full: uri("flaky")], service.sender, pauses.time()) == good)
        #expect(pauses.all == [1000, 1000])
        #expect(throws: MetadataError.refused(status: 503, reason: "")) {
            _ = try ask([full: uri("down")], service.sender)
        }
        #expect(try service.log("container").filter { $0 == "GET /down -" }.count == 3)
    }
}

@Suite("The settings for a container's role")
struct ContainerSettingsTests {
    @Test(
        "say where to ask",
        arguments: [
            ([relative: "/v2/credentials/a-b"], "http://169.254.170.2/v2/credentials/a-b"),
            ([relative: "/a?id=1&b=/c?d", full: "https://x"], "http://169.254.170.2/a?id=1&b=/c?d"),
            ([relative: "//evil.example.com/a"], "http://169.254.170.2//evil.example.com/a"),
            ([relative: "/@evil.example.com"], "http://169.254.170.2/@evil.example.com"),
            ([relative: "/..//:80@evil"], "http://169.254.170.2/..//:80@evil"),
            ([relative: "", full: "http://169.254.170.23/v1/credentials"], "http://169.254.170.23/v1/credentials"),
            ([full: "http://[fd00:ec2::23]/v1/credentials"], "http://[fd00:ec2::23]/v1/credentials"),
            ([full: "http://169.254.170.2:8080/a"], "http://169.254.170.2:8080/a"),
            ([full: "http://127.3.2.1/"], "http://127.3.2.1/"), ([full: "http://[::1]:81"], "http://[::1]:81/"),
            ([full: "http://localhost:51679/a"], "http://localhost:51679/a"),
            ([full: "https://anywhere.example.com/a?b=c"], "https://anywhere.example.com/a?b=c"),
        ])
    func target(environment: [String: String], url: String) {
        let nobody = Nobody()
        let pauses = Pauses()
        #expect(throws: MetadataError.notHere(host: "nobody")) { _ = try ask(environment, nobody, pauses.time()) }
        #expect(nobody.asked == Array(repeating: "GET " + url, count: 3))
        #expect(nobody.timeouts == [2000, 2000, 2000])
        #expect(pauses.all == [1000, 1000])
    }

    @Test(
        "are refused",
        arguments: [
            ([:], MetadataError.notSet), ([relative: "", full: ""], .notSet),
            ([relative: "@evil.example.com/"], .malformedURI(setting: relative)),
            ([relative: ".evil.example.com/"], .malformedURI(setting: relative)),
            ([relative: "http://evil.example.com/"], .malformedURI(setting: relative)),
            ([relative: ":80@evil.example.com/"], .malformedURI(setting: relative)),
            ([relative: "/a b"], .malformedURI(setting: relative)),
            ([relative: "/a\r\nHost: b"], .malformedURI(setting: relative)),
            ([relative: "/a#b"], .malformedURI(setting: relative)),
            ([relative: "/a?b\nc"], .malformedURI(setting: relative)),
            ([relative: "/a?b#c"], .malformedURI(setting: relative)),
            ([full: "/a"], .malformedURI(setting: full)), ([full: "ftp://localhost/a"], .malformedURI(setting: full)),
            ([full: "http://localhost@evil.example.com/"], .malformedURI(setting: full)),
            ([full: "http://evil.example.com/"], .notAllowed(host: "evil.example.com")),
            ([full: "http://localhost.evil.com/"], .notAllowed(host: "localhost.evil.com")),
            ([full: "http://169.254.169.254/a"], .notAllowed(host: "169.254.169.254")),
            ([full: "http://[fd00:ec2::254]/a"], .notAllowed(host: "[fd00:ec2::254]")),
            ([full: "http://169.254.170.3/a"], .notAllowed(host: "169.254.170.3")),
            ([full: "http://10.0.0.1/a"], .notAllowed(host: "10.0.0.1")),
            ([full: "https://a", token: ""], .malformedToken), ([full: "https://a", token: "a\r\nb"], .malformedToken),
            ([full: "https://a", token: "a\n"], .malformedToken), ([full: "https://a", token: "é"], .malformedToken),
            ([full: "https://a", tokenFile: "/none"], .unreadableTokenFile(path: "/none")),
            ([full: "https://a", tokenFile: "/empty", token: "t"], .malformedToken),
            ([full: "https://a", tokenFile: "/lines"], .malformedToken),
        ] as [([String: String], MetadataError)])
    func refused(environment: [String: String], error: MetadataError) {
        let nobody = Nobody()
        #expect(throws: error) {
            _ = try ask(environment, files: ["/empty": "\n", "/lines": "a\nb"], nobody)
        }
        #expect(nobody.asked.isEmpty)
    }

    @Test("do not let it take longer than there is time")
    func time() {
        let nobody = Nobody()
        #expect(throws: MetadataError.notHere(host: "nobody")) {
            _ = try ask([full: "https://a"], nobody, Pauses().time(milliseconds: 1500))
        }
        #expect(nobody.timeouts == [1500, 500])
    }
}
