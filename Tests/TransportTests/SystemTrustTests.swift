import Foundation
import Secrets
import Servers
import Testing
import Transport

extension LibcurlTests {
    /// Of a system that keeps its certificates in a file and in a folder: libcurl trusts both.
    @Suite("The system's certificates", .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
    struct SystemTrustTests {
        private static let certificates = Result { try Certificates() }
        let certificates: Certificates
        let server: Server

        init() throws {
            certificates = try Self.certificates.get()
            server = try Server("hostile.py", ["--tls", certificates.server, certificates.key])
            try startLibcrypto()
        }

        // MARK: - What there is

        private enum Naming { case hashed, plain }

        /// A folder of these certificates, as update-ca-certificates(8) makes it.
        private func folder(_ files: [String], _ naming: Naming = .hashed) throws -> URL {
            let folder = certificates.folder.appending(path: UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for file in files {
                let target = URL(filePath: file)
                let link = folder.appending(path: target.lastPathComponent)
                try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
            }
            if naming == .hashed { try Server.run(["openssl", "rehash", folder.path]) }
            return folder
        }

        private func hashedNames(_ folder: URL) throws -> [URL] {
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension.allSatisfy(\.isNumber) }.sorted { $0.path < $1.path }
        }

        private func sender(_ file: String?, _ folder: URL?, caBundle: String? = nil) throws -> CurlSender {
            try CurlSender(
                userAgent: "warder/test", caBundle: caBundle,
                certificates: SystemCertificates(file: file, folder: folder?.path), connectTimeout: 20_000)
        }

        private func get(_ path: String, _ sender: CurlSender) throws -> String {
            let url = try ServiceURL(server.url(path, scheme: "https"))
            return text(try sender.send(HTTPRequest(method: "GET", url: url, timeout: 20_000)).body)
        }

        private func isTrusted(_ sender: CurlSender) throws -> Bool {
            do {
                return try get("/ok", sender) == "<ok>yes</ok>"
            } catch let error as TransportError where error.tlsFault == .unknownIssuer {
                return false
            }
        }

        // MARK: - What is trusted

        @Test("are those of the folder and those of the file, and no other")
        func union() throws {
            let (own, other) = (certificates.authority, certificates.stranger)
            #expect(try isTrusted(sender(own, folder([own, other]))))
            #expect(try isTrusted(sender(other, folder([own, other]))))
            #expect(try isTrusted(sender(own, folder([other]))))
            #expect(try !isTrusted(sender(other, folder([other]))))
        }

        @Test("of the folder are trusted no longer once they are removed there and in the file")
        func removed() throws {
            let (own, other) = (certificates.authority, certificates.stranger)
            let folder = try folder([own, other])
            let sender = try sender(other, folder)
            #expect(try isTrusted(sender))
            // The hashed link dangles, as between the two steps of update-ca-certificates.
            try FileManager.default.removeItem(at: folder.appending(path: "authority.pem"))
            sender.closeConnection()
            #expect(try !isTrusted(sender))
            #expect(try !isTrusted(self.sender(other, folder)))
            try Server.run(["openssl", "rehash", folder.path])
            #expect(try !isTrusted(self.sender(other, folder)))
            #expect(try isTrusted(self.sender(own, folder)))
        }

        @Test("are the file's where the folder is empty, has no hashes, or is missing")
        func fallback() throws {
            let (own, other) = (certificates.authority, certificates.stranger)
            let missing = certificates.folder.appending(path: "missing")
            for folder in [try folder([]), try folder([own], .plain), missing] {
                #expect(try isTrusted(sender(own, folder)))
                #expect(try !isTrusted(sender(other, folder)))
            }
        }

        @Test("may have the same hash")
        func collision() throws {
            let folder = try folder([certificates.authority, certificates.namesake])
            let names = try hashedNames(folder)
            #expect(names.map(\.pathExtension) == ["0", "1"])
            #expect(try isTrusted(sender(certificates.stranger, folder)))
            let spare = folder.appending(path: "spare")
            for (from, to) in [(names[0], spare), (names[1], names[0]), (spare, names[1])] {
                try FileManager.default.moveItem(at: from, to: to)
            }
            #expect(try isTrusted(sender(certificates.stranger, folder)))
            #expect(try !isTrusted(sender(certificates.stranger, self.folder([certificates.namesake]))))
        }

        // MARK: - How they are read

        @Test("are looked for in the folder, and the file is left alone")
        func folderFirst() throws {
            #expect(try isTrusted(sender("/nowhere.pem", folder([certificates.authority]))))
            #expect { try isTrusted(sender("/nowhere.pem", folder([certificates.authority], .plain))) } throws: {
                guard case TransportError.tls = $0 else { return false }
                return true
            }
        }

        @Test("cost no request that is sent twice, and no second look once the folder was of no use")
        func once() throws {
            let folder = try folder([certificates.stranger])
            let sender = try sender(certificates.authority, folder)
            #expect(try get("/ok", sender) == "<ok>yes</ok>")
            #expect(try get("/count/ok", sender) == "1")
            try FileManager.default.removeItem(at: folder)
            sender.closeConnection()
            #expect(try get("/ok", sender) == "<ok>yes</ok>")
        }

        // MARK: - A bundle in their place

        @Test("are not trusted beside a bundle, be it a file or a folder")
        func replaced() throws {
            let (own, other) = (certificates.authority, certificates.stranger)
            let strangers = try folder([other])
            for bundle in [other, strangers.path] {
                #expect(try !isTrusted(sender(own, folder([own]), caBundle: bundle)))
            }
            for bundle in [own, try folder([own]).path] {
                #expect(try isTrusted(sender(other, strangers, caBundle: bundle)))
            }
        }

        @Test("a folder without hashes is no bundle")
        func unhashed() throws {
            for folder in [try folder([certificates.authority], .plain), try folder([])] {
                #expect(throws: TransportError.unhashedCABundle(path: folder.path)) {
                    _ = try isTrusted(sender(nil, nil, caBundle: folder.path))
                }
            }
        }
    }
}

@Suite("What libcurl reads of the certificates")
struct TrustTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "warder-\(UUID().uuidString)").path

    private func trust(_ names: [String], file: String? = "/f", _ backend: TLSBackend) throws -> Trust {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in names { try Data().write(to: URL(filePath: "\(folder)/\(name)")) }
        return Trust(SystemCertificates(file: file, folder: folder), backend)
    }

    private var both: Trust.Place { .system(SystemCertificates(file: "/f", folder: folder)) }

    @Test("is a folder with hashes, for OpenSSL", arguments: ["0a1b2c3d.0", "ffffffff.12"])
    func hashed(name: String) throws {
        var trust = try trust(["a.pem", name], .openSSL)
        #expect(trust.place == .folder(folder))
        let changes = [trust.widen(), trust.place == both, trust.widen(), trust.place == both]
        #expect(changes == [true, true, false, true])
    }

    @Test(
        "is both where the folder has none",
        arguments: [
            "a.pem", "0a1b2c3.0", "0a1b2c3d.r0", "0A1B2C3D.0", "0a1b2c3d.", "0a1b2c3d", "0a1b2c3d.0.0", "g0000000.0",
        ])
    func plain(name: String) throws { #expect(try trust([name], .openSSL).place == both) }

    @Test("is the file, for GnuTLS, which would parse the whole folder")
    func gnuTLS() throws {
        var trust = try trust(["0a1b2c3d.0"], .gnuTLS)
        #expect(trust.place == .file("/f"))
        let isWider = trust.widen()
        #expect(isWider && trust.place == both)
    }

    @Test("is the file of all that is in the folder, for GnuTLS where libcurl names the folder alone")
    func gnuTLSOfDebian() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let alone = SystemCertificates(folder: folder)
        #expect(Trust(alone, .gnuTLS).place == .system(alone))
        try Data().write(to: URL(filePath: folder + "/ca-certificates.crt"))
        var trust = Trust(alone, .gnuTLS)
        #expect(trust.place == .file(folder + "/ca-certificates.crt"))
        let isWider = trust.widen()
        #expect(isWider && trust.place == .system(alone))
    }

    @Test("is both for any other library, and what libcurl decides where it has one or none")
    func other() throws {
        #expect(try trust(["0a1b2c3d.0"], .other).place == both)
        var alone = try trust(["0a1b2c3d.0"], file: nil, .openSSL)
        #expect(alone.place == .system(SystemCertificates(folder: folder)))
        let isWider = alone.widen()
        #expect(!isWider)
        #expect(Trust(SystemCertificates(), .openSSL).place == .system(SystemCertificates()))
        #expect(Trust(SystemCertificates(file: "/f"), .gnuTLS).place == .system(SystemCertificates(file: "/f")))
    }

    @Test(
        "goes by the library's name",
        arguments: [
            ("OpenSSL/3.0.17", TLSBackend.openSSL), ("GnuTLS/3.7.9", .gnuTLS), ("LibreSSL/3.8.2", .other), ("", .other),
            ("mbedTLS/3.6.0", .other), ("OpenSSL/3.5.0 (GnuTLS/3.8.0)", .other),
            ("(OpenSSL/3.5.0) GnuTLS/3.8.0", .other),
        ])
    func backends(version: String, backend: TLSBackend) { #expect(TLSBackend(version: version) == backend) }
}
