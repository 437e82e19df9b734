import KeyInput
import Secrets
import Testing

private let id = "AKIAABCDEFGHIJKLMNOP"
private let secret = "abcdEFGH0123/+xyzABCDEFGHIJKLMNOPQRSTUVW"
private let other = "AKIAZYXWVUTSRQPONMLK"

private func key(of user: String, _ text: String) throws(KeyInputError) -> String {
    var bytes = SecretBytes(capacity: 256)
    bytes.append(text)
    let key = try KeyCSV(bytes).key(of: user)
    return key.accessKeyID + " " + key.secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

@Suite("Keys as the console gives them for download")
struct KeyTableTests {
    @Test(
        "columns are found by their names",
        arguments: [
            "Access key ID,Secret access key\n\(id),\(secret)\n", "ACCESS KEY ID,secret access key\n\(id),\(secret)",
            "\u{feff}Access key ID,Secret access key\r\n\(id),\(secret)\r\n",
            "\"Access key ID\",\"Secret access key\"\n\"\(id)\",\"\(secret)\"\n",
            "Secret access key,Access key ID\n\(secret),\(id)\n",
            "User name,Password,Access key ID,Secret access key,Console login link\n"
                + "bob,\"a,b\"\"c,\n\"\"\",\(id),\(secret),https://x\n",
            "User Name;Access key ID;Secret access key\nbob;\(id);\(secret)\n",
            "\n\nUser name,Access key ID,Secret access key\n\n,\(id),\(secret)\n,,\n",
        ])
    func columns(text: String) throws { #expect(try key(of: "alice", text) == "\(id) \(secret)") }

    @Test("of several users' keys, the one of that user", arguments: ["alice", "bob,with=more"])
    func users(user: String) throws {
        let text =
            "User name,Access key ID,Secret access key\n"
            + "\"bob,with=more\",\(user == "alice" ? other : id),\(secret)\nalice,\(user == "alice" ? id : other),\(secret)\n"
        #expect(try key(of: user, text) == "\(id) \(secret)")
    }

    @Test(
        "what is none is told apart",
        arguments: [
            ("", KeyInputError.noColumns), ("\(id),\(secret)\n", .noColumns), ("Access key ID\n\(id)\n", .noColumns),
            ("Access key ID,Secret access key\n", .noKey), ("Access key ID,Secret access key\n\(id)\n", .noKey),
            ("Access key ID,Secret access key\n\(secret),\(id)\n", .secretAsIdentifier),
            ("Access key ID,Secret access key\n\(id),\(other)\n", .identifierAsSecret),
            ("Access key ID,Secret access key\nASIAABCDEFGHIJKLMNOP,\(secret)\n", .temporary),
            ("Access key ID,Secret access key\n\(id),short\n", .notASecret),
            ("Access key ID,Secret access key\n\(id),\(secret)\n\(other),\(secret)\n", .severalKeys),
            (
                "User name,Access key ID,Secret access key\nb,\(id),\(secret)\nc,\(other),\(secret)\n",
                .otherUsers(["b", "c"])
            ),
            (
                "User name,Access key ID,Secret access key\nalice,\(id),\(secret)\n"
                    + "alice,\(other),\(secret)\n", .severalKeys
            ),
        ])
    func faults(text: String, fault: KeyInputError) {
        #expect(throws: fault) { try key(of: "alice", text) }
    }

    @Test("UTF-16 is told apart")
    func wide() {
        var bytes = SecretBytes(capacity: 16)
        for byte in [0xFF, 0xFE, 0x41, 0] as [UInt8] { bytes.append(byte) }
        let text = bytes.copy()
        #expect(throws: KeyInputError.wideCharacters) { _ = try KeyCSV(text.copy()).key(of: "") }
    }
}
