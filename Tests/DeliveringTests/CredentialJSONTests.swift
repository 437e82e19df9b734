import Failures
import Secrets
import Testing

@testable import Delivering

@Suite("The answer of a credential_process")
struct CredentialJSONTests {
    @Test func ofASession() throws {
        let json = try credentialJSON(credentials(expiration: end, account: "123456789012")).shown
        #expect(
            json == "{\"Version\":1,\"AccessKeyId\":\"ASIAEXAMPLE\",\"SecretAccessKey\":\"se/cr+et\",\"SessionToken\":"
                + "\"to/ken+=\",\"Expiration\":\"2026-07-31T09:05:07Z\",\"AccountId\":\"123456789012\"}\n")
    }

    /// What is not there is left out: an SDK would take an empty token for one.
    @Test(
        arguments: [
            (nil, nil, nil, ""), ("t", nil, nil, ",\"SessionToken\":\"t\""), ("", nil, "", ""),
            (nil, end, nil, ",\"Expiration\":\"2026-07-31T09:05:07Z\""),
            ("t", nil, "042", ",\"SessionToken\":\"t\",\"AccountId\":\"042\""),
        ] as [(String?, Int64?, String?, String)])
    func ofLess(_ token: String?, _ expiration: Int64?, _ account: String?, _ rest: String) throws {
        let key = credentials(id: "AKIA", secret: "s", token: token, expiration: expiration, account: account)
        let json = try credentialJSON(key).shown
        #expect(json == "{\"Version\":1,\"AccessKeyId\":\"AKIA\",\"SecretAccessKey\":\"s\"\(rest)}\n")
    }

    @Test func isOneLineWhateverItHolds() throws {
        let key = credentials(id: "A\"B\\C\nD\u{1b}", secret: "\u{0}\"", token: "\r\n\u{7f}é")
        let json = try credentialJSON(key).shown
        #expect(json.hasSuffix("}\n") && json.filter(\.isNewline).count == 1)
        #expect(json.contains(#""AccessKeyId":"A\"B\\C\u000aD\u001b""#))
        #expect(!json.dropLast().unicodeScalars.contains { $0.value < 0x20 })
    }

    /// The SDK for Go reads no more than 8,192 bytes; half an answer would be none.
    @Test func fitsWhatSDKsRead() throws {
        let rest = try credentialJSON(credentials(token: "t")).count - 1
        let longest = String(repeating: "t", count: 8192 - rest)
        #expect(try credentialJSON(credentials(token: longest)).count == 8192)
        let failure = failure { () throws(Failure) in _ = try credentialJSON(credentials(token: longest + "t")) }
        #expect(failure?.code == .other)
        #expect(failure?.message == "the credentials take 8193 bytes, and some SDKs read no more than 8192")
    }
}
