import Testing
import Transport

@Suite("Why a host was not reached")
struct ExplainingTests {
    @Test(
        "is told from libcurl's words",
        arguments: [
            ("SSL certificate problem: certificate has expired", TLSFault.expired),
            ("server verification failed: certificate has expired. (CAfile: …)", .expired),
            ("SSL certificate problem: certificate is not yet valid", .notYetValid),
            ("SSL: no alternative certificate subject name matches target host name 'sts.example'", .wrongName),
            ("SSL: no alternative certificate subject name matches target ipv4 address '127.0.0.1'", .wrongName),
            ("SSL: certificate subject name 'a' does not match target host name 'b'", .wrongName),
            ("SSL certificate problem: self-signed certificate in certificate chain", .unknownIssuer),
            ("SSL certificate problem: unable to get local issuer certificate", .unknownIssuer),
            ("OpenSSL/3.0.17: error:0A00010B:SSL routines::wrong version number", .noAgreement),
            ("TLS connect error: error:00000000:lib(0)::reason(0)", .other),
        ])
    func faults(reason: String, fault: TLSFault) {
        #expect(TransportError.tls(host: "h", reason: reason).tlsFault == fault)
    }

    @Test("is no matter of trust where it is none")
    func others() { #expect(TransportError.libraryMissing.tlsFault == nil) }

    @Test(
        "names the proxy that libcurl took, without the password in it",
        arguments: [
            ([:], "sts.example", nil),
            (["HTTPS_PROXY": "http://proxy:3128"], "sts.example", "HTTPS_PROXY=http://proxy:3128"),
            (["HTTPS_PROXY": "b:1", "https_proxy": "a:1"], "sts.example", "https_proxy=a:1"),
            (["https_proxy": "", "ALL_PROXY": "socks5://u:p@ss@c:1/"], "sts.example", "ALL_PROXY=socks5://c:1/"),
            (["HTTPS_PROXY": "me:secret@proxy:1"], "sts.example", "HTTPS_PROXY=proxy:1"),
            (["HTTP_PROXY": "http://proxy:1", "http_proxy": "http://proxy:1"], "sts.example", nil),
            (["HTTPS_PROXY": "p:1", "NO_PROXY": "a.b, .example"], "sts.example", nil),
            (["HTTPS_PROXY": "p:1", "no_proxy": "STS.Example"], "sts.example", nil),
            (["HTTPS_PROXY": "p:1", "NO_PROXY": "*"], "sts.example", nil),
            (["HTTPS_PROXY": "p:1", "NO_PROXY": "s.example"], "sts.example", "HTTPS_PROXY=p:1"),
        ] as [([String: String], String, String?)])
    func proxies(variables: [String: String], host: String, shown: String?) {
        let proxy = ProxyInForce(for: host) { variables[$0] }
        #expect(proxy.map { "\($0.variable)=\($0.address)" } == shown)
    }
}
