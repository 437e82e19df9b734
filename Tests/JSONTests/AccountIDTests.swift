import JSON
import Secrets
import Testing

@Suite("An account in JSON")
struct AccountIDTests {
    private func account(_ written: String) throws -> String? {
        var text = SecretBytes(capacity: 64)
        text.append("{\"a\": \(written)}")
        return try JSONObject(text).accountID("a")
    }

    @Test(arguments: [
        ("\"012345678901\"", "012345678901"), ("\"\"", ""), ("123456789012", "123456789012"),
        ("12345678901", "012345678901"),
        ("1", "000000000001"), ("null", nil),
    ])
    func isAStringOrANumber(_ written: String, _ account: String?) throws {
        #expect(try self.account(written) == account)
    }

    @Test(arguments: ["1234567890123", "0", "-1", "1.5", "1e11", "true", "[]", "99999999999999999999999"])
    func isNothingElse(_ written: String) { #expect(throws: JSONError.wrongType(key: "a")) { try account(written) } }
}
