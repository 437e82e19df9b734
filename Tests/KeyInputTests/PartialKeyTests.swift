import KeyInput
import Secrets
import Testing

private let id = "AKIAABCDEFGHIJKLMNOP"
private let secret = "abcdEFGH0123/+xyzABCDEFGHIJKLMNOPQRSTUVW"

/// The id and the secret of what is given line by line, joined by a blank; what is lacking, where something is.
private func given(_ text: String) throws(KeyInputError) -> String {
    var key = PartialKey()
    for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) where key.missing != nil {
        var bytes = SecretBytes(capacity: 64)
        bytes.append(String(Substring(line)))
        try key.take(bytes)
    }
    let whole = try key.whole()
    return whole.accessKeyID + " " + whole.secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

@Suite("A key that is given line by line")
struct GivenKeyTests {
    @Test(
        "the id and the secret, in their order or by their names",
        arguments: [
            "\(id)\n\(secret)", "  \(id)\r\n\t\(secret)  ", "\n\(id)\n\n\(secret)\nASIAWHATEVER", "\(id),\(secret)",
            "\(id)\t\(secret)", "\(id) \(secret)",
            "aws_access_key_id = \(id)\naws_secret_access_key = \(secret)",
            "aws_secret_access_key=\(secret)\naws_access_key_id=\(id)",
            "[alice]\n# mine\nregion = eu-west-1\naws_secret_access_key = \(secret)\nAWS_ACCESS_KEY_ID = \(id)",
            "export AWS_ACCESS_KEY_ID=\"\(id)\"\nexport AWS_SECRET_ACCESS_KEY='\(secret)'",
            "SET AWS_ACCESS_KEY_ID=\(id)\nset AWS_SECRET_ACCESS_KEY=\(secret)",
            "$Env:AWS_ACCESS_KEY_ID=\"\(id)\"\n$Env:AWS_SECRET_ACCESS_KEY=\"\(secret)\";",
            "Access key ID: \(id)\nSecret access key: \(secret)", "Access key\t\(id)\nSecret access key\t\(secret)",
            "{\n \"AccessKey\": {\n \"UserName\": \"alice\",\n \"AccessKeyId\": \"\(id)\",\n \"Status\": \"Active\",\n"
                + " \"SecretAccessKey\": \"\(secret)\",\n }\n}",
            "aws_access_key_id = \(id)\naws_session_token =\naws_secret_access_key = \(secret)",
            "\(id)\naws_secret_access_key = \(secret)",
        ])
    func forms(text: String) throws { #expect(try given(text) == "\(id) \(secret)") }

    @Test("the id of something else at AWS is not an access key's", arguments: ForeignIdentifier.allCases)
    func foreign(kind: ForeignIdentifier) {
        for id in [kind.rawValue + "ABCDEFGHIJKLMNOP", kind.rawValue + "ABCDEFGHIJKLMNOPQ"] {
            #expect(throws: KeyInputError.foreignIdentifier(kind)) { try given("\(id)\n\(secret)") }
            #expect(throws: KeyInputError.foreignIdentifier(kind)) { try given("\(id) \(secret)") }
        }
    }

    @Test(
        "other vendors' ids are taken",
        arguments: ["GOOG1EABCDEFGHIJKLMNOP", "0123456789ABCDEF", "AROXABCDEFGHIJKLMNOP"])
    func others(id: String) throws { #expect(try given("\(id)\n\(secret)") == "\(id) \(secret)") }

    @Test(
        "what is none is told apart",
        arguments: [
            ("\(secret)\n\(id)", KeyInputError.secretAsIdentifier), ("akia\n", .notAnIdentifier),
            ("AKIA \(secret)", .notAnIdentifier), ("aws_access_key_id = \(secret)", .secretAsIdentifier),
            ("\(id)\n\(id)", .identifierAsSecret), ("\(id)\nshort", .notASecret), ("\(id)\nä\(secret)", .notASecret),
            ("\(id)\n\(secret) \(secret)", .notASecret), ("ASIAABCDEFGHIJKLMNOP\n\(secret)", .temporary),
            ("aws_session_token = x\n", .temporary), ("\"SessionToken\": \"x\"", .temporary),
            ("", .missing(.identifier)), ("\n\n", .missing(.identifier)), (id, .missing(.secret)),
            ("aws_secret_access_key = \(secret)", .missing(.identifier)), ("\0\n\0", .missing(.identifier)),
        ])
    func faults(text: String, fault: KeyInputError) {
        #expect(throws: fault) { try given(text) }
    }

    @Test("what is lacking is asked for next")
    func missing() throws {
        var key = PartialKey()
        #expect(key.missing == .identifier)
        var line = SecretBytes(capacity: 64)
        line.append("aws_secret_access_key = " + secret)
        try key.take(line)
        #expect(key.missing == .identifier && key.identifier == nil)
        line.truncate(to: 0)
        line.append(id)
        try key.take(line)
        #expect(key.missing == nil && key.identifier == id)
    }
}
