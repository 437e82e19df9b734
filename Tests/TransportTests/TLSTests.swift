import CCurl
import Foundation
import Secrets
import Servers
import Testing
import Transport

extension LibcurlTests {
    @Suite("TLS", .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
    struct TLSTests {
        private static let certificates = Result { try Certificates() }
        let certificates: Certificates
        let server: Server

        init() throws {
            certificates = try Self.certificates.get()
            server = try Server("hostile.py", ["--tls", certificates.server, certificates.key])
            try startLibcrypto()
        }

        private func status(caBundle: String?, host: String = "127.0.0.1") throws -> Int {
            try CurlSender(userAgent: "warder/test", caBundle: caBundle).send(
                HTTPRequest(
                    method: "GET", url: ServiceURL(server.url("/ok", scheme: "https", host: host)), timeout: 20_000)
            ).status
        }

        @Test("trusts the given authority")
        func trusted() throws {
            #expect(try status(caBundle: certificates.authority) == 200)
        }

        @Test("does not trust another authority, or the wrong name")
        func untrusted() {
            let bundles: [(String?, String)] = [
                (nil, "127.0.0.1"), (certificates.stranger, "127.0.0.1"), (certificates.authority, "localhost"),
            ]
            for (bundle, host) in bundles {
                #expect { _ = try status(caBundle: bundle, host: host) } throws: { error in
                    guard case TransportError.tls(_, let reason, _) = error else { return false }
                    return !reason.isEmpty && (error as? TransportError)?.isCertainlyUnsent == true
                }
            }
        }

        @Test("names a bundle that is not there")
        func missingBundle() {
            #expect(throws: TransportError.unreadableCABundle(path: "/nowhere.pem")) {
                _ = try status(caBundle: "/nowhere.pem")
            }
        }

        @Test("writes no key log")
        func keyLog() throws {
            let log = certificates.folder.appending(path: "keys").path
            setenv("SSLKEYLOGFILE", log, 1)
            #expect(try status(caBundle: certificates.authority) == 200)
            #expect(getenv("SSLKEYLOGFILE") == nil)
            #expect(!FileManager.default.fileExists(atPath: log))
        }
    }
}

extension LibcurlTests {
    @Suite("The library")
    struct LibraryTests {
        @Test("has every function that warder uses")
        func symbols() {
            var curl = warder_curl()
            var reason = [CChar](repeating: 1, count: Int(WARDER_CURL_REASON_SIZE))
            #expect(Int(warder_curl_open(&curl, &reason)) == WARDER_CURL_OPENED)
            #expect(reason[0] == 0)
        }
    }
}
