import Chains
import Profiles
import Testing

@Suite("What a role may be called depends on who is asked for it")
struct RoleNameTests {
    private static let aws = "arn:aws:iam::222222222222:role/R"
    /// A name, and whether AWS, what AWS_ENDPOINT_URL names, and an endpoint of one's own are asked with it.
    static let names: [(String, Bool, Bool, Bool)] = [
        (aws, true, true, true), ("arn:aws-cn:iam::222222222222:role/a/b", true, true, true),
        ("arn:aws:iam:::role/S3Access", false, true, true), ("arn:minio:iam:::role/R", false, true, true),
        ("arn:ceph:iam::tenant:role/R", false, true, true), ("arn:aws:iam::RGW1234567890:role/R", false, true, true),
        ("arn:aws:iam::2:role/R", false, false, true), ("arn:aws:s3:::bucket", false, false, true),
        ("arn:xxx:xxx:xxx:xxxx", false, false, true), ("acs:ram::1234567890123456:role/r", false, false, true),
        ("a role of ours, ü", false, false, true), ("a\u{7}b", false, false, false), ("a\u{9b}b", false, false, false),
        ("arn:aws:iam:::role/" + String(repeating: "x", count: 2048), false, false, false),
    ]

    private func isTaken(_ name: String, _ lines: String = "", _ environment: [String: String] = [:]) throws -> Bool {
        let config =
            "[profile p]\nrole_arn = \(name)\nsource_profile = k\n\(lines)\n"
            + "[profile k]\n[services s]\nsts =\n  endpoint_url = https://s"
        do throws(ChainError) {
            _ = try Chain.resolve("p", in: files(config), environment: { environment[$0] }) { $0 == "k" }
            return true
        } catch {
            guard case .badValue("role_arn", .notARoleARN, line(2)) = error else { throw error }
            return false
        }
    }

    private func files(_ config: String) throws(ChainError) -> ProfileSet {
        guard let files = try? profiles(config) else { throw .noSuchProfile("files") }
        return files
    }

    @Test(arguments: names)
    func isCheckedForIt(_ name: String, _ byAWS: Bool, _ likeAWS: Bool, _ byOwn: Bool) throws {
        #expect(try isTaken(name) == byAWS)
        #expect(try isTaken(name, "", ["AWS_ENDPOINT_URL": "https://e"]) == likeAWS)
        #expect(try isTaken(name, "endpoint_url = https://e") == byOwn)
        #expect(try isTaken(name, "warder_endpoint_url = https://e") == byOwn)
        #expect(try isTaken(name, "services = s") == byOwn)
        #expect(try isTaken(name, "", ["AWS_ENDPOINT_URL_STS": "https://e", "AWS_ENDPOINT_URL": "https://f"]) == byOwn)
    }

    @Test func whatIsNotInForceDoesNotCount() throws {
        let name = "arn:aws:iam:::role/R"
        #expect(try !isTaken(name, "endpoint_url ="))
        #expect(try !isTaken(name, "", ["AWS_ENDPOINT_URL_STS": ""]))
        #expect(try !isTaken(name, "endpoint_url = https://e\nignore_configured_endpoint_urls = true"))
        #expect(try !isTaken(name, "endpoint_url = https://e", ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"]))
        #expect(
            try isTaken(
                name, "endpoint_url = https://e\nignore_configured_endpoint_urls = true",
                ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"]))
    }
}
