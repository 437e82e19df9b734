import STS
import Testing
import Transport

@testable import Federating

@Suite("Where a sign-in leads to")
struct DestinationTests {
    private func site(_ partition: String = "aws") throws -> ConsoleSite {
        try ConsoleSite(of: #require(Partition(named: partition)))
    }

    @Test(
        "the start page of each partition's console, in a region and without one",
        arguments: [
            ("aws", "eu-west-1", "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1"),
            ("aws", nil, "https://console.aws.amazon.com/console/home"),
            ("aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/console/home?region=cn-north-1"),
            (
                "aws-us-gov", "us-gov-west-1",
                "https://us-gov-west-1.console.amazonaws-us-gov.com/console/home?region=us-gov-west-1"
            ),
            ("aws-eusc", nil, "https://eusc-de-east-1.console.amazonaws-eusc.eu/console/home"),
        ])
    func start(partition: String, region: String?, url: String) throws {
        #expect(try Destination(nil, in: region, at: site(partition)).url == url)
    }

    @Test(
        "a service, by the name that the console has for it",
        arguments: [("s3", "s3"), ("dynamodb", "dynamodbv2"), ("stepfunctions", "states"), ("sqs/v3", "sqs/v3")])
    func service(name: String, page: String) throws {
        let url = try Destination(name, in: "eu-west-1", at: site()).url
        #expect(url == "https://eu-west-1.console.aws.amazon.com/\(page)/home?region=eu-west-1")
    }

    @Test(
        "what cannot be one",
        arguments: [
            "", "/", "s3/", "/s3", "s3//x", "..", "s3?x", "s3#x", "s 3", "sé", String(repeating: "s", count: 65),
        ])
    func noService(name: String) throws {
        let site = try site()
        #expect(throws: DestinationError.malformedService) { try Destination(name, in: nil, at: site) }
    }

    @Test("a region of the partition alone")
    func regions() throws {
        let site = try site()
        #expect(throws: DestinationError.foreignRegion(partition: "aws-cn")) {
            try Destination(nil, in: "cn-north-1", at: site)
        }
        for region in ["", "evil.example", "eu-west-1/", "-", "1"] {
            #expect(throws: DestinationError.malformedRegion) { try Destination(nil, in: region, at: site) }
        }
    }

    @Test(
        "a page of the console",
        arguments: [
            "https://console.aws.amazon.com/", "https://console.aws.amazon.com",
            "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:",
            "https://EU-WEST-1.Console.AWS.Amazon.com/x", "https://us-east-1.quicksight.aws.amazon.com/sn/start?a=b#c",
            "https://console.aws.amazon.com?region=eu-west-1", "https://health.aws.amazon.com/health/home",
            "https://s3.console.aws.amazon.com/s3/buckets", "https://quicksight.aws.amazon.com/sn/start",
            "https://111111111111-abcd1234.eu-west-1.console.aws.amazon.com/console/home",
        ])
    func pages(page: String) throws { #expect(try Destination(page: page, at: site()).url == page) }

    @Test(
        "a page of another site",
        arguments: [
            "https://evil.example/", "https://aws.amazon.com.evil.example/", "https://evilaws.amazon.com/",
            "https://evil.example/.aws.amazon.com", "https://evil.example#.aws.amazon.com", "https://amazonaws.cn/",
            "https://evil.example?.aws.amazon.com", "https://aws.amazon.com/", "https://console.amazonaws.cn/",
            "https://signin.aws.amazon.com/oauth?redirect_uri=https://evil.example",
            "https://eu-west-1.signin.aws.amazon.com/", "https://evilconsole.aws.amazon.com/",
            "https://console.evil.aws.amazon.com/", "https://docs.aws.amazon.com/", "https://x.health.aws.amazon.com/",
            "https://evil.example/console.aws.amazon.com", "https://console.aws.amazon.com.evil.example/",
            "https://myquicksight.aws.amazon.com/", "https://console.signin.aws.amazon.com/",
        ])
    func elsewhere(page: String) throws {
        let site = try site()
        #expect(throws: DestinationError.elsewhere(console: "console.aws.amazon.com")) {
            try Destination(page: page, at: site)
        }
    }

    @Test(
        "what is no page",
        arguments: [
            "", "https://", "http://console.aws.amazon.com/", "HTTPS://console.aws.amazon.com/", "javascript:alert(1)",
            "https://evil@console.aws.amazon.com/", "https://evil\\.console.aws.amazon.com/",
            "https://console.aws.amazon.com:8443/", "https://console.aws.amazon.com/a b",
            "https://k\u{e9}.aws.amazon.com",
            "https://[::1].aws.amazon.com/", "//console.aws.amazon.com/",
            "https://.console.aws.amazon.com/", "https://a..console.aws.amazon.com/",
            "https://console.aws.amazon.com./", "https://console.aws.amazon.com/\n",
            "https://console.aws.amazon.com/" + String(repeating: "x", count: 2048),
        ])
    func noPage(page: String) throws {
        let site = try site()
        #expect(throws: DestinationError.malformedURL) { try Destination(page: page, at: site) }
    }
}

@Suite("Where a partition signs in")
struct ConsoleSiteTests {
    @Test(
        "by its name",
        arguments: [
            ("aws", "https://signin.aws.amazon.com/federation"), ("aws-cn", "https://signin.amazonaws.cn/federation"),
            ("aws-us-gov", "https://signin.amazonaws-us-gov.com/federation"),
            ("aws-eusc", "https://eusc-de-east-1.signin.amazonaws-eusc.eu/federation"),
        ])
    func known(name: String, url: String) throws {
        #expect(try ConsoleSite(of: #require(Partition(named: name))).endpoint.text == url)
    }

    @Test("not at all", arguments: ["aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"])
    func unknown(name: String) throws {
        let partition = try #require(Partition(named: name))
        #expect(throws: FederationError.noConsole(partition: name)) {
            try ConsoleSite(of: partition, endpoint: "https://signin.example")
        }
    }

    @Test("at an endpoint of one's own, which is https or on this host")
    func custom() throws {
        let partition = try #require(Partition(named: "aws"))
        for base in ["https://signin.example", "https://signin.example/", "https://signin.example//"] {
            #expect(
                try ConsoleSite(of: partition, endpoint: base).endpoint.text == "https://signin.example/federation")
        }
        let local = try ConsoleSite(of: partition, endpoint: "http://127.0.0.1:4000/x").endpoint
        #expect(local.text == "http://127.0.0.1:4000/x/federation")
        #expect(throws: FederationError.malformedEndpoint(.insecureURL(host: "signin.example"))) {
            try ConsoleSite(of: partition, endpoint: "http://signin.example")
        }
    }
}
