import Linux
import Profiles
import STS
import Testing
import Transport

@testable import Diagnosing

/// What `--online` makes of what it was answered.
@Suite struct OnlineDecisionTests {
    @Test(
        arguments: [
            (0, nil), (29, nil), (-29, nil), (30, .risky), (-30, .risky), (300, .risky), (-300, .risky), (301, .broken),
            (-301, .broken), (Int64.min, .broken), (Int64.max, .broken),
        ] as [(Int64, Finding.Gravity?)])
    func howGraveAClockIs(offset: Int64, gravity: Finding.Gravity?) {
        #expect(AgreeingClocks.gravity(offset) == gravity)
    }

    @Test func theClockOfAWSCounts() {
        #expect(AgreeingClocks.offset([]) == nil)
        #expect(AgreeingClocks.offset([(3600, false)]) == 3600)
        #expect(AgreeingClocks.offset([(0, false), (3600, true)]) == 3600)
        #expect(AgreeingClocks.offset([(3600, true), (-2, true), (0, false)]) == -2)
    }

    @Test(
        arguments: [
            ("arn:aws:iam::1:mfa/alice", ["arn:aws:iam::1:mfa/alice"], .right),
            ("arn:aws:iam::1:mfa/alice", ["GAHT1234567", "arn:aws:iam::1:mfa/alice"], .right),
            (
                "arn:aws:iam::2:mfa/phone", ["arn:aws:iam::1:mfa/alice", "arn:aws:iam::1:mfa/phone"],
                .wrong(right: "arn:aws:iam::1:mfa/phone")
            ),
            ("GAHT1", ["arn:aws:iam::1:mfa/alice", "GAHT2"], .wrong(right: "arn:aws:iam::1:mfa/alice")),
            ("GAHT1", [], .none), ("GAHT1", ["arn:aws:iam::1:u2f/user/alice/key"], .none),
            (
                "arn:aws:iam::1:u2f/user/alice/key", ["arn:aws:iam::1:u2f/user/alice/key", "GAHT2"],
                .wrong(right: "GAHT2")
            ),
        ] as [(String, [String], DeviceVerdict)])
    func whichDeviceIsRight(serial: String, listed: [String], verdict: DeviceVerdict) {
        #expect(DeviceVerdict(serial, among: listed) == verdict)
    }

    @Test func aSettingIsEditedOnItsLine() {
        let place = Origin(path: "/home/a b/config", line: 12)
        let edit = SettingEdit.write("mfa_serial", "arn:aws:iam::1:mfa/alice@example.com", at: place)
        let setting = "[[:blank:]]*\\(warder_\\)\\{0,1\\}mfa_serial[[:blank:]]*="
        #expect(
            edit
                == "sed -i --follow-symlinks '12s|^\\(\(setting)\\).*|\\1 arn:aws:iam::1:mfa/alice@example.com|I' "
                + "'/home/a b/config'")
        for value in ["", "a\nb", "a\rb", "a\u{7f}"] {
            #expect(SettingEdit.write("region", value, at: place) == nil, "\(value)")
        }
        let variable = Origin(path: "AWS_REGION", line: 0)
        #expect(SettingEdit.write("region", "eu-west-1", at: variable) == "export AWS_REGION=eu-west-1")
        #expect(
            SettingEdit.remove("mfa_serial", at: place)
                == "sed -i --follow-symlinks '12s|^\(setting)|# &|I' '/home/a b/config'")
        #expect(SettingEdit.remove("ca_bundle", at: Origin(path: "AWS_CA_BUNDLE", line: 0)) == "unset AWS_CA_BUNDLE")
    }

    @Test func manyNamesAreCounted() {
        #expect(Unchecked.list(["a"]) == "a")
        #expect(Unchecked.list(["a", "b", "c", "d", "e"]) == "a, b, c, d, e")
        #expect(Unchecked.list(["a", "b", "c", "d", "e", "f", "g"]) == "a, b, c, d, e and 2 more")
    }
}

/// What keeps warder from an endpoint, and what to run then.
@Suite struct EndpointFindingTests {
    private let bundle = Origin(path: "/c", line: 7)

    private func finding(
        _ error: TransportError, region: String = "eu-west-1", url: String? = nil, _ variables: [String: String] = [:]
    ) throws -> Finding {
        var settings = EndpointConfiguration()
        settings.region = region
        settings.endpointURL = url
        let target = EndpointTarget(
            endpoint: try Endpoint(of: .sts, settings) { _ in nil }, caBundle: nil, caBundleOrigin: bundle,
            origin: Origin(path: "/c", line: 3))
        return Finding(error, target, Environment { variables[$0] })
    }

    @Test func namesWhatFails() throws {
        let host = "sts.eu-west-1.amazonaws.com"
        let look = "curl -sSv -m 10 -o /dev/null https://\(host)/"
        let expected: [(TransportError, String, String?, String)] = [
            (.unreachable(host: host, reason: "No route"), "endpoint_unreachable", "/c:3", look),
            (.timedOut(host: host, sent: false), "endpoint_unreachable", "/c:3", look),
            (.interrupted(host: host, reason: "Reset", sent: true), "endpoint_unreachable", "/c:3", look),
            (.redirected(host: host, status: 302), "endpoint_not_aws", "/c:3", look),
            (
                .tls(host: host, reason: "self-signed certificate"), "endpoint_untrusted", "/c:3",
                "openssl s_client -connect \(host):443 </dev/null"
            ),
            (.proxyRefused(status: 407), "proxy_refused", nil, look),
            (
                .unreadableCABundle(path: "/x"), "ca_bundle_unusable", "/c:7",
                SettingEdit.remove("ca_bundle", at: Origin(path: "/c", line: 7))
            ),
            (.unhashedCABundle(path: "/x y"), "ca_bundle_unusable", "/c:7", "openssl rehash '/x y'"),
            (.libraryMissing, "libcurl_unusable", nil, asRoot("apt-get install -y libcurl4")),
            (.libraryUnusable, "libcurl_unusable", nil, asRoot("apt-get install -y --reinstall libcurl4")),
            (.libraryUnloadable(reason: "no"), "libcurl_unusable", nil, "ldconfig -p | grep libcurl"),
        ]
        for (error, code, place, command) in expected {
            let found = try finding(error)
            #expect(found.code == code && found.place == place && found.remedy.command == command, "\(found)")
            #expect(found.gravity == .broken && !found.what.isEmpty && !found.why.isEmpty)
        }
    }

    @Test func namesTheRegionThatWasMeant() throws {
        let host = "sts.eu-wset-1.amazonaws.com"
        let error = TransportError.unreachable(host: host, reason: "Could not resolve host")
        let found = try finding(error, region: "eu-wset-1")
        #expect(found.code == "unknown_region" && found.place == "/c:3")
        #expect(found.remedy.command == SettingEdit.write("region", "eu-west-1", at: Origin(path: "/c", line: 3)))
        let variable = try finding(error, region: "eu-wset-1", ["AWS_REGION": "eu-wset-1"])
        #expect(variable.place == "AWS_REGION" && variable.remedy.command == "export AWS_REGION=eu-west-1")
        let own = try finding(error, region: "eu-wset-1", url: "https://sts.example.com", ["AWS_REGION": "eu-wset-1"])
        #expect(own.code == "endpoint_unreachable" && own.place == "/c:3")
    }

    @Test func prefersTheVariableOfTheBundleAndTheProxy() throws {
        let bundle = try finding(.unreadableCABundle(path: "/x"), ["AWS_CA_BUNDLE": "/x"])
        #expect(bundle.place == "AWS_CA_BUNDLE" && bundle.remedy.command == "unset AWS_CA_BUNDLE")
        let proxy = try finding(.proxyRefused(status: 407), ["HTTPS_PROXY": "http://alice:hidden@proxy:3128"])
        #expect(proxy.place == "HTTPS_PROXY" && !proxy.why.contains("hidden") && proxy.why.contains("proxy:3128"))
    }
}
