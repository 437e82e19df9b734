import Foundation
import Secrets
import Signing
import Testing

@Suite("Signature Version 4: the public suite", .enabled(if: SigningVector.root != nil, "WARDER_VECTORS is not set"))
struct SigningVectorTests {
    @Test("has its 38 cases")
    func count() throws { #expect(try SigningVector.all.count == 38) }

    @Test("signs with headers", arguments: try SigningVector.all)
    func header(vector: SigningVector) throws {
        let signer = try vector.signer
        let credentials = vector.credentials
        let canonical = signer.canonicalForHeaders(
            vector.request, credentials, addsPayloadHash: vector.context.sign_body)
        #expect(text(canonical.text) == (try vector.expected("header-canonical-request.txt")))
        #expect(try signer.stringToSign(canonical) == vector.expected("header-string-to-sign.txt"))
        #expect(
            try signer.signature(of: canonical, credentials.secret) == vector.expected("header-signature.txt"))

        let signed = try vector.expected("header-signed-request.txt").lowercased()
        for header in try signer.headers(
            for: vector.request, signedBy: credentials, addsPayloadHash: vector.context.sign_body)
        {
            #expect(signed.contains("\n\(header.name):\(header.value)".lowercased()))
        }
    }

    @Test("signs with a query", arguments: try SigningVector.all)
    func query(vector: SigningVector) throws {
        let signer = try vector.signer
        let credentials = vector.credentials
        let canonical = signer.canonicalForQuery(
            vector.request, credentials, expiresIn: vector.context.expiration_in_seconds)
        #expect(text(canonical.text) == (try vector.expected("query-canonical-request.txt")))
        #expect(try signer.stringToSign(canonical) == vector.expected("query-string-to-sign.txt"))
        #expect(
            try signer.signature(of: canonical, credentials.secret) == vector.expected("query-signature.txt"))

        let query = try signer.presignedQuery(
            for: vector.request, signedBy: credentials, expiresIn: vector.context.expiration_in_seconds)
        let line = try #require(try vector.expected("query-signed-request.txt").split(separator: "\n").first)
        let target = try #require(line.dropLast(" HTTP/1.1".count).split(separator: "?", maxSplits: 1).last)
        #expect(parameters(text(query)) == parameters(String(target)))
    }

    /// The order of parameters in a URL is free.
    private func parameters(_ query: String) -> [String] {
        query.split(separator: "&").map { $0.removingPercentEncoding ?? String($0) }.sorted()
    }
}
