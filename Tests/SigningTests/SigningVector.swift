import Foundation
import Secrets
import Signing
import Testing
import Times

/// A case of the public suite: a folder of a request, its context, and what each step must give.
struct SigningVector: CustomTestStringConvertible, Sendable {
    let folder: URL
    let context: Context
    let request: SignableRequest

    struct Context: Decodable, Sendable {
        struct Credentials: Decodable, Sendable {
            let access_key_id: String
            let secret_access_key: String
            let token: String?
        }
        let credentials: Credentials
        let expiration_in_seconds: Int
        let normalize: Bool
        let region: String
        let service: String
        let sign_body: Bool
        let omit_session_token: Bool?
        let timestamp: String
    }

    static let root = ProcessInfo.processInfo.environment["WARDER_VECTORS"].map { URL(filePath: $0) }

    static var all: [SigningVector] {
        get throws {
            guard let folder = root?.appending(path: "sigv4/v4") else { return [] }
            return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .sorted { $0.path < $1.path }.map(SigningVector.init)
        }
    }

    init(_ folder: URL) throws {
        self.folder = folder
        context = try JSONDecoder().decode(
            Context.self, from: Data(contentsOf: folder.appending(path: "context.json")))
        request = try Self.parse(String(contentsOf: folder.appending(path: "request.txt"), encoding: .utf8))
    }

    var testDescription: String { folder.lastPathComponent }

    func expected(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
    }

    var signer: Signer {
        get throws {
            Signer(
                service: context.service, region: context.region,
                time: try #require(UnixTime(iso8601: context.timestamp)), normalizesPath: context.normalize,
                signsToken: context.omit_session_token != true)
        }
    }

    var credentials: Credentials {
        let token: SecretBytes? = if let token = context.credentials.token { secret(token) } else { nil }
        return Credentials(
            accessKeyID: context.credentials.access_key_id, secret: secret(context.credentials.secret_access_key),
            sessionToken: token, expiration: nil, accountID: nil)
    }

    private static func parse(_ text: String) throws -> SignableRequest {
        let parts = text.components(separatedBy: "\n\n")
        var lines = parts[0].split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        let line = lines.removeFirst()
        let method = String(line.prefix { $0 != " " })
        let target = line.dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = halves.count < 2 ? [] : halves[1].split(separator: "&").map(pair)
        var headers: [NamedValue] = []
        for line in lines {
            if line.first == " ", let last = headers.popLast() {
                headers.append(NamedValue(last.name, last.value + "\n" + line))
            } else {
                let colon = try #require(line.firstIndex(of: ":"))
                headers.append(NamedValue(String(line[..<colon]), String(line[line.index(after: colon)...])))
            }
        }
        return SignableRequest(
            method: method, path: String(halves[0]), query: query, headers: headers,
            payload: try Payload(of: secret(parts.count > 1 ? parts[1] : "")))
    }

    private static func pair(_ text: Substring) -> NamedValue {
        let halves = text.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
        return NamedValue(halves[0], halves.count > 1 ? halves[1] : "")
    }
}

func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}

func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}
